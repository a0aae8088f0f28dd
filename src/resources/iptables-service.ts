import { z } from 'zod';
import {
  type Action,
  blocked,
  type Change,
  defineResource,
  differs,
  type Effects,
  type Finding,
  OWN_FOLDER,
  ok,
  type PredictedEffects,
  shell,
  unknown,
} from '../model/index.ts';
import { MASK } from './iptables/decide-rules.ts';
import { WAIT } from './iptables/saved-file.ts';
import type { Allowed, Traffic } from './iptables-service/firewalld-allows.ts';
import { type Opened, openSaved } from './iptables-service/open-saved.ts';
import { arrival, type Connection, permits } from './iptables-service/permits.ts';
import {
  isNothing,
  type RequiredChanges,
  readService,
  requiredChanges,
  type ServiceState,
  type Surroundings,
} from './iptables-service/read-service.ts';

/**
 * Ensures that iptables-services filters packets, now and from boot on, for IPv4 and IPv6, and that nothing else does.
 *
 * Where firewalld runs it is taken over from openly: plan says what firewalld lets in, and what of it the saved lists
 * do not. firewalld is stopped and masked (it can be started neither by hand nor by D-Bus), iptables.service and
 * ip6tables.service are enabled and started: masking firewalld does not leave IPv6 open. Where the kernel has no IPv6,
 * or there is no ip6tables.service, that part is left out. Without firewalld the two services are ensured.
 *
 * You are not locked out. Before a service is started, the port of this very SSH connection (not 22) is opened in its
 * saved list, unless that lets the connection in already; and if no new connection can be made right after the switch,
 * the host goes back to what it had within 30 s: firewalld, with what was in force there. Rules that come after it in
 * the playbook open the rest: until they do, it is closed.
 *
 * It takes no field of its own. It is blocked where iptables-services is missing with no step that brings it, and where a
 * saved list (`/etc/sysconfig/iptables`, `ip6tables`) is missing or does not load.
 *
 * See systemctl(1), firewall-cmd(1), iptables-restore(8).
 *
 * @example
 * yumPackage({ names: ['iptables-services'] }),
 * iptablesService({}),
 * iptablesRules({ rules: ['-A INPUT -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -j ACCEPT'] }),
 */
export const iptablesService = defineResource({
  kind: 'iptablesService',
  schema: z.strictObject({}),
  name: () => 'iptables',
  manages: () => ['iptables', 'ip6tables', 'firewalld'].map((name) => `service:${name}.service`),
  read: (_spec, host) => readService(host),
  diff: (_spec, state, effects) => decideService(state, effects),
  effects: (_spec, state, finding) => coming(state, finding),
});

function coming({ units }: ServiceState, finding: Finding): Effects {
  const { mask, stop, start } = requiredChanges(units);
  const saved =
    finding.status === 'change' && finding.changes.some(({ aspect }) => aspect.startsWith('saved'));
  return {
    appears: mask || stop ? [MASK] : [],
    runs: start,
    changes: saved ? start.map((unit) => `/etc/sysconfig/${unit.replace('.service', '')}`) : [],
  };
}

/** Compares how the units stand with iptables alone at work. */
function decideService({ units, around }: ServiceState, effects: PredictedEffects): Finding {
  const lacking = requiredChanges(units);
  if (around === undefined || isNothing(lacking)) return ok;
  if (units.iptables.LoadState === 'not-found') return decideMissing(lacking, around, effects);
  const opened = openSaved(lacking.start, around, effects);
  if ('status' in opened) return opened;
  const saved = opened.flatMap(({ change }) => change ?? []);
  const changes = [...saved, ...switchChanges(lacking, around, opened)];
  return differs(changes, lacking.stop ? undefined : goneRules(opened));
}

/** An earlier step must bring the service; what its saved list lets in is known only then. */
function decideMissing(lacking: RequiredChanges, around: Surroundings, effects: PredictedEffects): Finding {
  const soon = effects.unit('iptables.service');
  if (!soon) {
    const advice = "yumPackage({ names: ['iptables-services'] }) before it";
    return blocked('there is no unit iptables.service: iptables-services is not installed', advice);
  }
  if (!soon.certain) return unknown(soon.step, 'it may bring iptables.service');
  return differs(switchChanges(lacking, around, [], soon.step));
}

/** One action does it all, so that one way back undoes it all. */
function switchChanges(
  lacking: RequiredChanges,
  { allowed, connection }: Surroundings,
  opened: readonly Opened[],
  bringer?: string,
): Change[] {
  const actions = [switchAction(lacking, allowed)];
  const services = servicesWords(lacking);
  const change = (summary: string): Change => ({ aspect: 'services', summary, actions });
  const takeover = takeoverChange(lacking, allowed, connection, opened);
  if (services === '') return takeover.map((one) => ({ ...one, actions }));
  if (bringer === undefined) return [...takeover, change(services)];
  return [...takeover, { ...change(`${services}, which ${bringer} brings`), whole: true }];
}

/**
 * A service that fails to start would leave the host open: so its list is tried first, and firewalld, which
 * D-Bus may start at any time, is masked before it is stopped.
 */
const SWITCH = `export LC_ALL=C
unmask=$1 enable=$2 start=$3 mask=$4 stop=$5
umask 077
${OWN_FOLDER}
own_folder /run/trueup || exit
for unit in $start; do
  tool=\${unit%.service}
  ${WAIT}"$tool-restore" $wait --test <"/etc/sysconfig/$tool" || exit
  rm -f "/run/trueup/$tool.former"
  "$tool-save" >"/run/trueup/$tool.former" || exit
done
if [ -n "$unmask" ]; then systemctl unmask --runtime $unmask; systemctl unmask $unmask || exit; fi
[ -z "$mask" ] || systemctl mask firewalld.service || exit
[ -z "$stop" ] || systemctl stop firewalld.service || exit
[ -z "$enable" ] || systemctl enable $enable || exit
[ -z "$start" ] || systemctl restart $start
for unit in $start; do
  [ "$(systemctl is-active "$unit")" = active ] && continue
  journalctl -q -u "$unit" -n 10 --no-pager -o cat >&2
  echo "$unit did not start" >&2
  exit 1
done`;

/** The rest of the arguments are zones and options of firewall-cmd: what was in force without being saved, too. */
const BACK = `export LC_ALL=C
unmask=$1 enable=$2 start=$3 mask=$4 stop=$5
shift 5
[ -z "$start" ] || systemctl stop $start
[ -z "$enable" ] || systemctl disable $enable
[ -z "$unmask" ] || systemctl mask $unmask
[ -z "$mask" ] || systemctl unmask firewalld.service
if [ -n "$stop" ]; then
  systemctl start firewalld.service || exit
  while [ $# -gt 1 ]; do
    firewall-cmd -q --zone="$1" "$2"
    shift 2
  done
  exit 0
fi
for unit in $start; do
  tool=\${unit%.service}
  ${WAIT}[ ! -f "/run/trueup/$tool.former" ] || "$tool-restore" $wait <"/run/trueup/$tool.former"
done`;

/** Does all that the units lack; it is undone where no new connection can be made right after it. */
function switchAction(owed: RequiredChanges, allowed: readonly Allowed[]): Action {
  const words = [
    ...[owed.unmask, owed.enable, owed.start].map((names) => names.join(' ')),
    owed.mask ? 'yes' : '',
    owed.stop ? 'yes' : '',
  ];
  const exec = shell(SWITCH, ...words);
  if (!owed.stop && owed.start.length === 0) return { exec };
  const options = allowed.flatMap(({ zone, option }) => (option === undefined ? [] : [zone, option]));
  return { exec, undo: shell(BACK, ...words, ...options) };
}

/** `enable and start iptables.service and ip6tables.service`; empty if they lack nothing. */
function servicesWords({ unmask, enable, start }: RequiredChanges): string {
  const verbs = { unmask, enable, start };
  const units = [...new Set([...unmask, ...enable, ...start])];
  const byVerbs = new Map<string, string[]>();
  for (const unit of units) {
    const mine = Object.entries(verbs).flatMap(([verb, those]) => (those.includes(unit) ? [verb] : []));
    const words = mine.join(', ').replace(/, (\w+)$/, ' and $1');
    byVerbs.set(words, [...(byVerbs.get(words) ?? []), unit]);
  }
  return [...byVerbs].map(([words, those]) => `${words} ${those.join(' and ')}`).join('; ');
}

/** Stops and masks firewalld, and says what it let in and what of it is lost. */
function takeoverChange(
  { stop, mask }: RequiredChanges,
  allowed: readonly Allowed[],
  connection: Connection,
  opened: readonly Opened[],
): Change[] {
  const verbs = [...(stop ? ['stop'] : []), ...(mask ? ['mask'] : [])].join(' and ');
  if (verbs === '') return [];
  if (!stop)
    return [{ aspect: 'firewalld', summary: `${verbs} firewalld, which could be started`, actions: [] }];
  const lost = allowed.filter((one) => !isKept(one, connection, opened));
  const kept = allowed.filter((one) => !lost.includes(one));
  const summary = `${verbs} firewalld, which lets in ${named(allowed) || 'nothing'}; ${lostWords(lost)}`;
  const texts = { before: linesOf(allowed), after: linesOf(kept) };
  return [{ aspect: 'firewalld', summary, ...texts, actions: [] }];
}

function lostWords(lost: readonly Allowed[]): string {
  return lost.length === 0
    ? 'nothing of it is lost'
    : `lost, unless other rules let it in: ${lost.map(({ words }) => words).join(', ')}`;
}

/** The zone is said where there are several. */
function named(allowed: readonly Allowed[]): string {
  const zones = new Map<string, string[]>();
  for (const { zone, words } of allowed) zones.set(zone, [...(zones.get(zone) ?? []), words]);
  const several = [...zones.keys()].filter(Boolean).length > 1;
  return [...zones]
    .map(([zone, words]) => `${several && zone ? `(zone ${zone}) ` : ''}${words.join(', ')}`)
    .join('; ');
}

function linesOf(allowed: readonly Allowed[]): string {
  return allowed.map(({ zone, words }) => `${zone ? `zone ${zone}: ` : ''}${words}\n`).join('');
}

/** Without a saved list to look at, only the port of this connection is sure. */
function isKept({ traffic }: Allowed, { port }: Connection, opened: readonly Opened[]): boolean {
  if (traffic.length === 0) return false;
  if (opened.length === 0) return traffic.every((one) => one.protocol === 'tcp' && one.port === `${port}`);
  return traffic.every((one) => admittedBy(one, opened));
}

function admittedBy(one: Traffic, opened: readonly Opened[]): boolean {
  const { destination } = one;
  const family = destination?.includes(':') ? 'ip6tables.service' : 'iptables.service';
  const lists = opened.filter(({ unit }) => destination === undefined || unit === family);
  return lists.length > 0 && lists.every(({ list }) => permits(list, arrival(one, undefined, destination)));
}

/** What is in force without being saved goes when the service puts the saved list in its place. */
function goneRules(opened: readonly Opened[]): string | undefined {
  const gone = opened.flatMap(({ list, running }) => {
    const saved = new Set(list.rules.map(({ chain, key }) => `${chain} ${key}`));
    return running.rules.filter(({ chain, key }) => !saved.has(`${chain} ${key}`));
  });
  if (gone.length === 0) return undefined;
  const some = gone.slice(0, 3).map(({ text }) => text);
  const more = gone.length > some.length ? `, and ${gone.length - some.length} more` : '';
  return `in force but not saved, and gone once the saved list is loaded: ${some.join(', ')}${more}`;
}
