import ipaddr from 'ipaddr.js';
import type { Option, Rule } from './parse-rule.ts';

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
