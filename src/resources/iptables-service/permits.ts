import { ProbeError, type Reader, shell } from '../../model/index.ts';
import { type Option, parseRule, type Rule, type RuleList, rulesOf } from '../iptables/parse-save.ts';
import { disjoint, effectOf } from '../iptables/place-rules.ts';
import { addressIn, portsIn } from '../ports/within.ts';

/** A new connection to a port, as a rule that matches it and nothing else. */
export function arrival(
  { protocol, port }: { readonly protocol: string; readonly port: number | string },
  from?: string,
  to?: string,
): Rule {
  const ends = [
    from === undefined ? '' : `-s ${asNet(from)} `,
    to === undefined ? '' : `-d ${asNet(to)} `,
  ].join('');
  const ports = `${port}`.replace('-', ':');
  return parseRule(
    `-A INPUT ${ends}-p ${protocol} -m ${protocol} --dport ${ports} -m conntrack --ctstate NEW -j ACCEPT`,
  );
}

/** As iptables-save prints it. */
function asNet(address: string): string {
  if (address.includes('/')) return address;
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

/**
 * True only where the list provably lets it in. A jump to another chain is not looked into: what that decides
 * is left to who wrote it.
 */
export function permits(list: RuleList, wanted: Rule): boolean {
  for (const rule of rulesOf(list, 'INPUT')) {
    if (effectOf(rule, list.chains) !== 'ends' || disjoint(rule, wanted)) continue;
    if (rule.target[1] !== 'ACCEPT') return false;
    if (covers(rule, wanted)) return true;
  }
  return false;
}

/** Proves that the rule matches all that the other one does; a condition that it does not know proves nothing. */
function covers(rule: Rule, wanted: Rule): boolean {
  const options = rule.matches.flatMap(({ name, options }) =>
    options.map((option) => ({ match: name, option })),
  );
  return (
    rule.options.every((option) => coversHead(option, wanted)) &&
    options.every(({ match, option }) => coversOption(match, option, wanted))
  );
}

function coversHead({ name, negated, values: [value = ''] }: Option, wanted: Rule): boolean {
  const theirs = wanted.options.find((option) => option.name === name)?.values[0];
  if (negated || theirs === undefined) return false;
  return name === '-p' ? value === theirs : ['-s', '-d'].includes(name) && addressIn(theirs, value);
}

function coversOption(match: string, { name, negated, values: [value = ''] }: Option, wanted: Rule): boolean {
  if (match === 'comment') return true;
  if (negated) return false;
  if (name === '--ctstate' || name === '--state') return value.split(',').includes('NEW');
  const theirs = wanted.matches.flatMap(({ options }) => options).find((option) => option.name === '--dport');
  return ['--dport', '--dports'].includes(name) && portsIn(theirs?.values[0] ?? '', value);
}

/** The SSH connection that we came by, as the host sees it. */
export interface Connection {
  readonly client: string;
  readonly server: string;
  readonly port: number;
}

/** sudo takes SSH_CONNECTION away, so it is looked for in what started us, up to sshd. */
const SCRIPT = `
pid=$$
while [ "\${pid:-0}" -gt 1 ]; do
  found=$(tr '\\0' '\\n' <"/proc/$pid/environ" 2>/dev/null | sed -n 's/^SSH_CONNECTION=//p' | head -n 1)
  [ -z "$found" ] || { echo "$found"; exit; }
  stat=$(cat "/proc/$pid/stat") || exit
  set -- \${stat##*) }
  pid=$2
done`;

export async function readConnection(host: Reader): Promise<Connection> {
  const { stdout } = await host.probe(shell(SCRIPT));
  const [client = '', , server = '', port = ''] = stdout
    .trim()
    .split(' ')
    .map((word) => word.replace(/%.*/, ''));
  if (!/^\d+$/.test(port))
    throw new ProbeError('the host does not say by which port we came (SSH_CONNECTION)');
  return { client, server, port: Number(port) };
}
