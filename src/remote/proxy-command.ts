import { type AlgorithmKind, type Host, legacyAlgorithms, shellLine } from '../model/index.ts';
import type { ConnectOptions } from './connect-options.ts';

type Words = [string, ...string[]];
type Hop = string | Host;
type Files = Pick<ConnectOptions, 'knownHostsFiles' | 'acceptInto'>;

/** The program that is the way to a host; undefined if it is reached directly. */
export function proxyCommand(host: Host, files: Files): Words | undefined {
  const { address, port, jump, proxyCommand, ssh } = host;
  if (proxyCommand !== undefined) return ['/bin/sh', '-c', proxyCommand];
  const config = ssh?.config === undefined ? [] : ['-F', ssh.config];
  return jump && sshThrough(jump.flatMap(unfolded), `[${address}]:${port}`, config, files);
}

/** For people: the jump hosts in order. */
export function wayInWords(jump: readonly Hop[]): string {
  return jump
    .flatMap(unfolded)
    .map((hop) => (typeof hop === 'string' ? hop : hop.name))
    .join(', ');
}

/** With the hops that lead to it. */
export function unfolded(hop: Hop): Hop[] {
  return typeof hop === 'string' ? [hop] : [...(hop.jump ?? []).flatMap(unfolded), hop];
}

/** `ssh -W` through the hops; what OpenSSH knows of them, keys and all, stays its matter. */
function sshThrough(hops: readonly Hop[], to: string, config: readonly string[], files: Files): Words {
  const last = hops.at(-1) ?? '';
  const before = hops.slice(0, -1);
  const own = typeof last === 'string' ? undefined : last.proxyCommand;
  const proxy = before.length > 0 ? nested(before, config, files) : own?.replaceAll('%', '%%');
  return [
    'ssh',
    ...config,
    ...['-o', 'BatchMode=yes'],
    ...(proxy === undefined ? [] : ['-o', `ProxyCommand=${proxy}`]),
    ...(typeof last === 'string' ? [] : connectionSettings(last, files)),
    ...['-W', to, '--'],
    typeof last === 'string' ? asUrl(last) : (last.ssh?.destination ?? last.address),
  ];
}

/** ssh replaces the tokens of a ProxyCommand once, so those of the ones inside it are doubled. */
function nested(hops: readonly Hop[], config: readonly string[], files: Files): string {
  const line = shellLine(sshThrough(hops, HERE, config, files));
  return line.replaceAll('%', '%%').replace(HERE, "'[%h]:%p'");
}

const HERE = 'trueup-next-hop';

/** What the inventory says of a jump host, in the words of ssh. */
function connectionSettings(host: Host, { knownHostsFiles, acceptInto }: Files): string[] {
  const { port, user, identityFile, hostKeys, ssh } = host;
  const own = new Set([acceptInto, ...(ssh?.knownHostsFiles ?? knownHostsFiles)]);
  const files = [...own].map((file) => `"${file.replaceAll('%', '%%')}"`).join(' ');
  const key = identityFile === undefined ? [] : ['-i', identityFile, '-o', 'IdentitiesOnly=yes'];
  const isNew = hostKeys === 'accept-new' ? ['-o', 'StrictHostKeyChecking=accept-new'] : [];
  const known = ['-o', `UserKnownHostsFile=${files}`];
  return ['-l', user, '-p', `${port}`, ...key, ...known, ...isNew, ...legacyOptions(host)];
}

const KEYWORDS: Readonly<Record<AlgorithmKind, readonly string[]>> = {
  keyExchange: ['KexAlgorithms'],
  // Since 8.5 the second one is called PubkeyAcceptedAlgorithms, and both names count.
  hostKey: ['HostKeyAlgorithms', 'PubkeyAcceptedKeyTypes'],
  cipher: ['Ciphers'],
  mac: ['MACs'],
};

function legacyOptions({ legacyAlgorithms: allowed = [] }: Host): string[] {
  return Object.entries(KEYWORDS).flatMap(([kind, keywords]) => {
    const names = legacyAlgorithms[kind as AlgorithmKind].filter((name) => allowed.includes(name));
    return names.length === 0 ? [] : keywords.flatMap((keyword) => ['-o', `${keyword}=+${names.join(',')}`]);
  });
}

/** ssh takes a port in a URL only. */
function asUrl(hop: string): string {
  return /:\d+$/.test(hop) && !hop.startsWith('ssh://') ? `ssh://${hop}` : hop;
}
