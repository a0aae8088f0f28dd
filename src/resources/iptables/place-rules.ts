import { disjoint } from './disjoint.ts';
import { effectOf, sameVerdict } from './effect-of.ts';
import type { Rule } from './parse-rule.ts';

/** A rule of the list as it shall be: one that stands there (`at`, from 0), or a new one. */
export interface Placed {
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
