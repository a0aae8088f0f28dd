import ipaddr from 'ipaddr.js';
import type { Option, Rule } from './parse-save.ts';

/** A rule of the list as it shall be: one that stands there (`at`, from 0), or a new one. */
interface Placed {
  readonly rule: Rule;
  readonly at?: number;
}

export interface Placement {
  readonly chain: string;
  readonly before: readonly Rule[];
  readonly after: readonly Placed[];
  /** The rules of others that the new ones had to come before. */
  readonly passed: readonly Rule[];
  /** Jumps that come first and may decide before the new rules do. */
  readonly jumps: readonly Rule[];
}

/**
 * Where each wanted rule of one chain acts: before the first rule that ends packets, has another verdict and is
 * not provably disjoint from it; at the end if there is none. What stands in such a place already is left alone,
 * copies that cannot act are removed. Wanted rules never stand in each other's way in their own order.
 */
export function placeRules(
  chain: string,
  before: readonly Rule[],
  wanted: readonly Rule[],
  chains: ReadonlySet<string>,
): Placement {
  let list: Placed[] = before.map((rule, at) => ({ rule, at }));
  const passed = new Set<Rule>();
  const jumps = new Set<Rule>();
  // From the last to the first: one that is put before another never takes away where that one acts.
  for (const [index, rule] of [...wanted.entries()].reverse()) {
    const earlier = new Set(wanted.slice(0, index).map(({ key }) => key));
    const limit = firstObstacle(list, rule, earlier, chains);
    const acts = list.slice(0, limit).some((placed) => placed.rule.key === rule.key);
    const obstacle = list[limit]?.rule;
    list = list.filter((placed, at) => at < limit || placed.rule.key !== rule.key);
    if (acts) continue;
    list.splice(beforeNewOnes(list, limit), 0, { rule });
    if (obstacle) passed.add(obstacle);
    for (const jump of jumpsBefore(list, rule, chains)) jumps.add(jump);
  }
  return { chain, before, after: list, passed: [...passed], jumps: [...jumps] };
}

/** The list without any copy of the unwanted rules. */
export function removeRules(chain: string, before: readonly Rule[], unwanted: readonly Rule[]): Placement {
  const keys = new Set(unwanted.map(({ key }) => key));
  const after = before.map((rule, at) => ({ rule, at })).filter(({ rule }) => !keys.has(rule.key));
  return { chain, before, after, passed: [], jumps: [] };
}

export function newRules(placement: Placement): Rule[] {
  return placement.after.filter(({ at }) => at === undefined).map(({ rule }) => rule);
}

/** Where the removed rules stand, from 0. */
export function removedAt(placement: Placement): number[] {
  const kept = new Set(placement.after.map(({ at }) => at));
  return [...placement.before.keys()].filter((at) => !kept.has(at));
}

export function isChanged(placement: Placement): boolean {
  return newRules(placement).length > 0 || removedAt(placement).length > 0;
}

function firstObstacle(
  list: readonly Placed[],
  rule: Rule,
  earlier: ReadonlySet<string>,
  chains: ReadonlySet<string>,
): number {
  const at = list.findIndex(
    ({ rule: other }) =>
      effectOf(other, chains) === 'ends' &&
      !sameVerdict(other, rule) &&
      !earlier.has(other.key) &&
      !disjoint(other, rule),
  );
  return at === -1 ? list.length : at;
}

/** New rules that would share the place come later in the playbook, so this one goes before them. */
function beforeNewOnes(list: readonly Placed[], limit: number): number {
  let at = limit;
  while (at > 0 && list[at - 1]?.at === undefined) at -= 1;
  return at;
}

function jumpsBefore(list: readonly Placed[], rule: Rule, chains: ReadonlySet<string>): Rule[] {
  const until = list.findIndex((placed) => placed.rule === rule);
  return list
    .slice(0, until)
    .map((placed) => placed.rule)
    .filter((other) => effectOf(other, chains) === 'jumps' && !disjoint(other, rule));
}

/**
 * True only where it is proven that no packet matches both rules. Negated and unknown matches prove nothing,
 * so a doubt counts as an overlap.
 */
export function disjoint(a: Rule, b: Rule): boolean {
  return (
    valuesDiffer(a, b, '-p') ||
    interfacesDiffer(a, b, '-i') ||
    interfacesDiffer(a, b, '-o') ||
    networksDiffer(a, b, '-s') ||
    networksDiffer(a, b, '-d') ||
    anyPairApart(portsOf(a, 's'), portsOf(b, 's'), portsApart) ||
    anyPairApart(portsOf(a, 'd'), portsOf(b, 'd'), portsApart) ||
    anyPairApart(statesOf(a), statesOf(b), statesApart)
  );
}

function plainValue(rule: Rule, name: string): string | undefined {
  return rule.options.find((option) => option.name === name && !option.negated)?.values[0];
}

function valuesDiffer(a: Rule, b: Rule, name: string): boolean {
  const [one, other] = [plainValue(a, name), plainValue(b, name)];
  return one !== undefined && other !== undefined && one !== other;
}

function interfacesDiffer(a: Rule, b: Rule, name: string): boolean {
  const wildcard = [a, b].some((rule) => plainValue(rule, name)?.endsWith('+'));
  return !wildcard && valuesDiffer(a, b, name);
}

function networksDiffer(a: Rule, b: Rule, name: string): boolean {
  const [one, other] = [network(plainValue(a, name)), network(plainValue(b, name))];
  if (!one || !other || one[0].kind() !== other[0].kind()) return false;
  return !one[0].match(other[0], Math.min(one[1], other[1]));
}

/** Undefined where it has none, or a mask that is not a prefix. */
function network(text: string | undefined): [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  try {
    return text === undefined ? undefined : ipaddr.parseCIDR(text);
  } catch {
    return undefined;
  }
}

const PORT_MATCHES = new Set(['tcp', 'udp', 'sctp', 'dccp', 'udplite', 'multiport']);

/** One list of ranges for each match that names ports; ports only compare within one protocol. */
function portsOf(rule: Rule, side: 's' | 'd'): Range[][] {
  return optionsOf(rule, (name) => PORT_MATCHES.has(name), [`--${side}port`, `--${side}ports`]).map(
    (option) => (option.values[0] ?? '0:65535').split(',').map(range),
  );
}

type Range = readonly [low: number, high: number];

function range(text: string): Range {
  const [low, high] = text.split(':');
  return [Number(low || 0), Number(high === undefined ? low : high || 65535)];
}

function portsApart(a: readonly Range[], b: readonly Range[]): boolean {
  return a.every(([low, high]) => b.every((other) => high < other[0] || other[1] < low));
}

function statesOf(rule: Rule): string[][] {
  return optionsOf(rule, (name) => name === 'conntrack' || name === 'state', ['--ctstate', '--state']).map(
    (option) => (option.values[0] ?? '').split(','),
  );
}

/** SNAT and DNAT are said beside a state, not instead of one. */
function statesApart(a: readonly string[], b: readonly string[]): boolean {
  const beside = [...a, ...b].some((state) => state === 'SNAT' || state === 'DNAT');
  return !beside && !a.some((state) => b.includes(state));
}

function optionsOf(rule: Rule, match: (name: string) => boolean, names: readonly string[]): Option[] {
  return rule.matches
    .filter(({ name }) => match(name))
    .flatMap(({ options }) => options.filter((option) => !option.negated && names.includes(option.name)));
}

function anyPairApart<T>(ones: readonly T[], others: readonly T[], apart: (one: T, other: T) => boolean) {
  return ones.some((one) => others.some((other) => apart(one, other)));
}

/** Targets after which the packet goes on to the next rule (iptables-extensions(8)). */
const GOES_ON = new Set(
  `AUDIT CHECKSUM CLASSIFY CONNMARK CONNSECMARK CT DSCP ECN HL HMARK IDLETIMER LED LOG MARK NFLOG NOTRACK
  RATEEST SECMARK SET TCPMSS TCPOPTSTRIP TEE TOS TRACE TTL ULOG`.split(/\s+/),
);

/**
 * What becomes of a packet that matches: it `ends` here, `jumps` to a chain whose answer we do not know, or
 * `goes-on`. An unknown target ends.
 */
export function effectOf(rule: Rule, chains: ReadonlySet<string>): 'ends' | 'jumps' | 'goes-on' {
  const name = rule.target[1];
  if (name === undefined) return 'goes-on';
  if (chains.has(name)) return 'jumps';
  return GOES_ON.has(name) ? 'goes-on' : 'ends';
}

function sameVerdict(a: Rule, b: Rule): boolean {
  return a.target.join('\0') === b.target.join('\0');
}
