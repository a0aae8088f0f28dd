import { type Command, type Reader, shell } from '../../model/index.ts';
import { listedItems } from './listed-items.ts';
import { type Item, itemsOf, type PortsSpec } from './ports-spec.ts';
import { readZone, type ZoneText } from './zone-text.ts';

/** firewalld has two lists: what is in force, and what is saved for its next start. */
export const LISTS = ['runtime', 'permanent'] as const;
export type ListName = (typeof LISTS)[number];

export interface PortsSeen {
  readonly problem?: undefined;
  readonly zone: string;
  /** Which of the items each list has. */
  readonly has: Readonly<Record<ListName, ReadonlySet<Item>>>;
  /** What firewalld says of an item that it does not take. */
  readonly refused: string | undefined;
}

export type PortsState = PortsSeen | { readonly problem: 'missing' | 'stopped' | 'no zone' };

/** Exit codes of firewall-cmd(1); any other one is no answer. */
const NO = 1;
const NO_SUCH_SERVICE = 101;
const NO_SUCH_PROTOCOL = 103;
const NO_SUCH_ZONE = 112;
const NO_RULE = 122;
const NOT_RUNNING = 252;
/** Ours, for a host without firewall-cmd. */
const MISSING = 127;
const PROBLEMS = new Map([
  [MISSING, 'missing'],
  [NOT_RUNNING, 'stopped'],
  [NO_SUCH_ZONE, 'no zone'],
] as const);

export async function readPorts(spec: PortsSpec, host: Reader): Promise<PortsState> {
  const ask = (list: ListName) =>
    host.probe(firewallCmd(list, spec.zone, '--list-all'), { expect: [0, ...PROBLEMS.keys()] });
  const [runtime, permanent] = await Promise.all([ask('runtime'), ask('permanent')]);
  const code = runtime.code || permanent.code;
  const problem = PROBLEMS.get(code as 127);
  if (problem) return { problem };
  return compare(spec, readZone(runtime.stdout), readZone(permanent.stdout), host);
}

/** What the lists show as it was written is there; of the rest, firewalld itself is asked. */
async function compare(
  spec: PortsSpec,
  runtime: ZoneText,
  permanent: ZoneText,
  host: Reader,
): Promise<PortsSeen> {
  const items = itemsOf(spec);
  const has = { runtime: listedItems(runtime, items), permanent: listedItems(permanent, items) };
  const open = LISTS.flatMap((list) =>
    items.filter((item) => !has[list].has(item) && !item.startsWith('port=')).map((item) => ({ list, item })),
  );
  const expect = [0, NO, NO_SUCH_SERVICE, NO_SUCH_PROTOCOL, NO_RULE];
  const answers = await Promise.all(
    open.map(({ list, item }) => host.probe(firewallCmd(list, runtime.name, `--query-${item}`), { expect })),
  );
  for (const [at, { list, item }] of open.entries()) if (answers[at]?.code === 0) has[list].add(item);
  const refusal = answers.find(({ code }) => code > NO);
  return { zone: runtime.name, has, refused: refusal?.stderr.trim().replace(/^Error: /, '') };
}

/**
 * firewall-cmd says "not running", too, where D-Bus refuses to let it ask: then systemd knows better. Its 3 and 4 mean
 * that the unit is not active, or not there.
 */
const RUN = `export LC_ALL=C
command -v firewall-cmd >/dev/null || exit ${MISSING}
firewall-cmd "$@"
code=$?
[ "$code" = ${NOT_RUNNING} ] || exit "$code"
said=$(systemctl is-active -- firewalld.service 2>&1)
case $? in 3 | 4) exit "$code" ;; esac
echo "firewall-cmd does not reach firewalld, which systemd calls: $said" >&2
exit 2`;

function firewallCmd(list: ListName, zone: string | undefined, option: string): Command {
  const words = [...(list === 'permanent' ? ['--permanent'] : []), ...(zone ? [`--zone=${zone}`] : [])];
  return shell(RUN, ...words, option);
}
