import type { Rule } from './parse-rule.ts';
import { newRules, type Placement, removedAt } from './place-rules.ts';

/** `+2 rules in INPUT (before REJECT), 1 moved in OUTPUT`. */
export function placementWords(placements: readonly Placement[]): string {
  return placements.map(inChain).join(', ');
}

/**
 * Our own rules only, as they go and come. What stands around them may be another tomorrow, and that alone
 * shall not make it another change.
 */
export function placementTexts(placements: readonly Placement[]): { before: string; after: string } {
  const removed = placements.flatMap((one) => removedAt(one).flatMap((at) => one.before[at] ?? []));
  return { before: textOf(removed), after: textOf(placements.flatMap(newRules)) };
}

function textOf(rules: readonly Rule[]): string {
  return rules.map(({ text }) => `${text}\n`).join('');
}

function inChain(placement: Placement): string {
  const added = newRules(placement);
  const removed = removedAt(placement).flatMap((at) => placement.before[at] ?? []);
  const moved = added.filter(({ key }) => removed.some((rule) => rule.key === key)).length;
  const gone = removed.filter(({ key }) => !added.some((rule) => rule.key === key)).length;
  const parts = [
    counted('+', added.length - moved),
    moved > 0 ? `${counted('', moved)} moved` : '',
    counted('-', gone),
  ];
  const place = placement.passed.length > 0 ? ` (before ${placement.passed.map(briefly).join(' and ')})` : '';
  return `${parts.filter(Boolean).join(', ')} in ${placement.chain}${place}`;
}

function counted(sign: string, count: number): string {
  if (count === 0) return '';
  return `${sign}${count} ${count === 1 ? 'rule' : 'rules'}`;
}

/** A rule without its chain; one that matches everything is known by its target. */
function briefly(rule: Rule): string {
  const plain = rule.options.length === 0 && rule.matches.length === 0;
  return plain ? (rule.target[1] ?? '') : rule.text.split(' ').slice(2).join(' ');
}

/** Says which chains may decide before the new rules are reached. */
export function jumpNote(placements: readonly Placement[]): string | undefined {
  const jumps = new Set(placements.flatMap(({ jumps }) => jumps.map(({ target }) => target[1] ?? '')));
  if (jumps.size === 0) return undefined;
  const names = [...jumps].join(', ');
  return `stands behind the jump to ${names}: what that decides first is not looked into`;
}
