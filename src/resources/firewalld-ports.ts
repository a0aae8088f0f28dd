import {
  type Action,
  blocked,
  type Change,
  type Command,
  defineResource,
  differs,
  type Finding,
  type PredictedEffects,
  type Reader,
  shell,
  unknown,
} from '../model/index.ts';
import { type Item, itemsOf, itemWords, type PortsSpec, portsSpec } from './firewalld/ports-spec.ts';
import { readZone, type ZoneText } from './firewalld/zone-text.ts';
import { portsIn } from './ports/within.ts';

/** firewalld has two lists: what is in force, and what is saved for its next start. */
const LISTS = ['runtime', 'permanent'] as const;
type ListName = (typeof LISTS)[number];

interface PortsSeen {
  readonly problem?: undefined;
  readonly zone: string;
  /** Which of the items each list has. */
  readonly has: Readonly<Record<ListName, ReadonlySet<Item>>>;
  /** What firewalld says of an item that it does not take. */
  readonly refused: string | undefined;
}

type PortsState = PortsSeen | { readonly problem: 'missing' | 'stopped' | 'no zone' };

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

async function readPorts(spec: PortsSpec, host: Reader): Promise<PortsState> {
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

/** Those of the items that a zone shows; a port may be one of a range. */
function listedItems(zone: ZoneText, items: readonly Item[]): Set<Item> {
  const listed = new Set([
    ...zone.values('services').map((name) => `service=${name}`),
    ...zone.values('protocols').map((name) => `protocol=${name}`),
    ...zone.values('rich rules').map((rule) => `rich-rule=${rule}`),
  ]);
  const ports = zone.values('ports');
  return new Set(items.filter((item) => listed.has(item) || ports.some((range) => isWithin(item, range))));
}

function isWithin(item: Item, listed: string): boolean {
  const [port = '', protocol = ''] = item.replace(/^port=/, '').split('/');
  const [range = '', other] = listed.split('/');
  return item.startsWith('port=') && protocol === other && portsIn(colon(port), colon(range));
}

/** firewalld writes a range with a dash, iptables with a colon. */
function colon(range: string): string {
  return range.replace('-', ':');
}

/**
 * Ensures that firewalld lets ports, services, protocols and rich rules in, now and after its next start.
 *
 * firewalld has two lists, what is in force (runtime) and what is saved (permanent): both are looked at, and each gets
 * what it lacks; what else they hold stays, and firewalld is not reloaded, which would drop what is only in force. A
 * port counts as there when it is within a range that is.
 *
 * Fields: `ports` (`80/tcp`, `8000-8010/udp`), `services`, `protocols`, `richRules` (at least one of these), `zone`
 * (default: the host's default zone), `state` (`present` or `absent`, default `present`).
 *
 * It is blocked where firewalld is missing or does not run and no earlier step sees to it, where there is no such zone,
 * and where firewalld does not know a service or a protocol, or cannot read a rich rule. What takes something away is
 * undone if no new connection can be made right after it.
 *
 * A host has either firewalld or iptables-services: see iptablesService for the other one. See firewall-cmd(1),
 * firewalld.richlanguage(5).
 *
 * @example
 * yumPackage({ names: ['firewalld'] }),
 * systemdService({ name: 'firewalld', enabled: true, running: true }),
 * firewalldPorts({ services: ['http', 'https'], ports: ['8404/tcp'] }),
 */
export const firewalldPorts = defineResource({
  kind: 'firewalldPorts',
  schema: portsSpec,
  name: nameOf,
  manages: (spec) => itemsOf(spec).map((item) => `firewalld:${spec.zone ?? 'default'}:${item}`),
  read: readPorts,
  diff: decidePorts,
});

function nameOf(spec: PortsSpec): string {
  const words = itemsOf(spec).map(itemWords).join(', ');
  return spec.zone === undefined ? words : `${spec.zone}: ${words}`;
}

const BRING =
  "yumPackage({ names: ['firewalld'] }) and systemdService({ name: 'firewalld', enabled: true, running: true }) before it";

/** Compares the zone's two lists with what shall be let in. */
function decidePorts(spec: PortsSpec, state: PortsState, effects: PredictedEffects): Finding {
  if (state.problem !== undefined) return notReady(spec, state.problem, effects);
  if (state.refused !== undefined && spec.state === 'present') return refused(state.refused, effects);
  return differs(LISTS.flatMap((list) => changeOf(spec, state, list)));
}

function notReady(
  { zone }: PortsSpec,
  problem: 'missing' | 'stopped' | 'no zone',
  effects: PredictedEffects,
): Finding {
  if (problem === 'no zone') {
    const soon = effects.below('/etc/firewalld');
    if (soon) return unknown(soon.step, `firewalld has no zone ${zone} yet`);
    const advice = `make it: firewall-cmd --permanent --new-zone=${zone} && firewall-cmd --reload`;
    return blocked(`firewalld has no zone ${zone}, or has it in one of its two lists only`, advice);
  }
  const soon =
    (problem === 'missing' && effects.command('firewall-cmd')) || effects.runs('firewalld.service');
  const what = problem === 'missing' ? 'is not installed' : 'does not run';
  if (soon) return unknown(soon.step, `firewalld ${what} until then`);
  return blocked(`firewalld ${what}`, `${BRING}; or iptablesRules, where iptables has taken over`);
}

function refused(words: string, effects: PredictedEffects): Finding {
  const soon = effects.below('/etc/firewalld');
  if (soon) return unknown(soon.step, `as it is now, firewalld says ${words}`);
  return blocked(
    `firewalld does not take it: ${words}`,
    'see: firewall-cmd --get-services; man firewalld.richlanguage',
  );
}

function changeOf(spec: PortsSpec, { zone, has }: PortsSeen, list: ListName): Change[] {
  const present = spec.state === 'present';
  const items = itemsOf(spec).filter((item) => has[list].has(item) !== present);
  if (items.length === 0) return [];
  const sign = present ? '+' : '-';
  const where = list === 'runtime' ? 'in force' : 'saved';
  return [
    {
      aspect: list,
      summary: `${where} in zone ${zone}: ${items.map((item) => `${sign}${itemWords(item)}`).join(', ')}`,
      actions: items.map((item) => action(list, zone, item, present)),
    },
  ];
}

function action(list: ListName, zone: string, item: Item, present: boolean): Action {
  const saved = list === 'permanent' ? ['--permanent'] : [];
  const verb = (add: boolean) =>
    ['firewall-cmd', ...saved, `--zone=${zone}`, `--${add ? 'add' : 'remove'}-${item}`] as const;
  const exec = verb(present);
  return list === 'runtime' && mayLockOut(item, present) ? { exec, undo: verb(!present) } : { exec };
}

/** What only lets in more cannot; a rich rule may also drop. */
function mayLockOut(item: Item, present: boolean): boolean {
  return !present || (item.startsWith('rich-rule=') && !/ accept\b/.test(item));
}
