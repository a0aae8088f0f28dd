import type { Change } from '../../model/index.ts';
import type { Connection } from './connection.ts';
import type { Allowed, Traffic } from './firewalld-allows.ts';
import type { Opened } from './open-saved.ts';
import { arrival, permits } from './permits.ts';
import type { RequiredChanges } from './required-changes.ts';

/** `enable and start iptables.service and ip6tables.service`; empty if they lack nothing. */
export function servicesWords({ unmask, enable, start }: RequiredChanges): string {
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
export function takeoverChange(
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
export function goneRules(opened: readonly Opened[]): string | undefined {
  const gone = opened.flatMap(({ list, running }) => {
    const saved = new Set(list.rules.map(({ chain, key }) => `${chain} ${key}`));
    return running.rules.filter(({ chain, key }) => !saved.has(`${chain} ${key}`));
  });
  if (gone.length === 0) return undefined;
  const some = gone.slice(0, 3).map(({ text }) => text);
  const more = gone.length > some.length ? `, and ${gone.length - some.length} more` : '';
  return `in force but not saved, and gone once the saved list is loaded: ${some.join(', ')}${more}`;
}
