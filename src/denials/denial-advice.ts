import { type Denial, protocolOf } from './denial.ts';
import { KNOWN_DOMAINS, STRAY_TYPES, UNCLAIMED_PORTS } from './known-policy.ts';

/** A boolean of the policy, and what to set it to. */
export interface PolicyBoolean {
  readonly name: string;
  readonly on: boolean;
}

/** More denials than this are not shown. */
const MOST_BOOLEANS = 3;
/** Lets nearly every daemon at nearly every port: audit2why names it with every denial of that kind. */
const TOO_WIDE = 'nis_enabled';

/**
 * What would allow it, as steps of a playbook where there are some. `booleans` are those that the host's own audit2why
 * names: it knows the loaded policy.
 */
export function denialAdvice(denial: Denial, booleans: readonly PolicyBoolean[] = []): string | undefined {
  const ways = [...portSteps(denial), ...booleanSteps(denial, booleans)];
  if (ways.length > 0) return `to allow it, put ${ways.join(' or ')} before this step`;
  return FILE_KINDS.includes(denial.kind) ? labelAdvice(denial) : undefined;
}

function portSteps({ domain, target, kind, permissions, port }: Denial): string[] {
  const { listens, connectsTo } = KNOWN_DOMAINS[domain] ?? {};
  if (port === undefined) return [];
  const connects = permissions.includes('name_connect') && UNCLAIMED_PORTS.includes(target);
  const type = permissions.includes('name_bind') ? listens : connects ? connectsTo : undefined;
  if (type === undefined || type === target) return [];
  const protocol = protocolOf(kind) === 'tcp' ? '' : `protocol: '${protocolOf(kind)}', `;
  const taken = UNCLAIMED_PORTS.includes(target) ? '' : ` (which takes the port from ${target})`;
  return [`selinuxPort({ type: '${type}', ${protocol}ports: [${port}] })${taken}`];
}

function booleanSteps(denial: Denial, known: readonly PolicyBoolean[]): string[] {
  const own = ownBoolean(denial);
  const wide = known.filter(({ name }) => name !== TOO_WIDE);
  const candidates = known.length === 0 ? own : wide.length === 0 ? known : wide;
  const isOwn = ({ name }: PolicyBoolean) => own.some((one) => one.name === name);
  return [...candidates.filter(isOwn), ...candidates.filter((one) => !isOwn(one))]
    .slice(0, MOST_BOOLEANS)
    .map(({ name, on }) => `selinuxBoolean({ name: '${name}', on: ${on} })`);
}

function ownBoolean({ domain, target, permissions, kind }: Denial): PolicyBoolean[] {
  const { connect, connectTo = {}, files = {} } = KNOWN_DOMAINS[domain] ?? {};
  const connecting = permissions.includes('name_connect') ? (connectTo[target] ?? connect) : undefined;
  const name = connecting ?? (FILE_KINDS.includes(kind) ? files[target] : undefined);
  return name === undefined ? [] : [{ name, on: true }];
}

const FILE_KINDS = ['file', 'dir', 'lnk_file', 'sock_file', 'fifo_file', 'chr_file', 'blk_file'];

function labelAdvice({ file = '', inode, target }: Denial): string {
  const isPath = file.startsWith('/');
  const which = isPath ? file : `the path of ${file || 'it'} (find / -xdev -inum ${inode ?? '?'})`;
  const label = `label it with selinuxContext`;
  if (!STRAY_TYPES.includes(target))
    return `${label}, if the service is meant to use ${isPath ? file : file || 'it'}`;
  return `its label looks wrong: on the host, restorecon -v ${which}; if that changes nothing, ${label}`;
}
