import { z } from 'zod';
import { type Rule, splitWords } from './parse-save.ts';
import { newRules, type Placement, removedAt } from './place-rules.ts';

const aRule = z
  .string()
  .regex(/^-A \S/, 'a rule begins with `-A CHAIN `, as iptables-save prints it; its place is found by itself')
  .regex(/^[^\n\r\0]*$/, 'a rule is one line')
  .refine((rule) => splitWords(rule).some((word) => /^(-j|-g|--jump|--goto)$/.test(word)), {
    message: 'a rule needs a target: `-j ACCEPT` or `-g CHAIN`',
  })
  .refine((rule) => !splitWords(rule).some((word) => /^(-t|--table)$/.test(word)), {
    message: 'a rule does not name its table: write `table` beside `rules`',
  });

export const rulesSpec = z.strictObject({
  /**
   * Rules as iptables-save(8) prints them, each one beginning with `-A CHAIN`. Where several touch the same
   * packets, the first of them wins, whatever else is on the host.
   */
  rules: z.array(aRule).min(1),
  /** The table that they belong to. Default `filter`. */
  table: z.enum(['filter', 'nat', 'mangle', 'raw', 'security']).default('filter'),
  /** `ipv4` speaks to iptables, `ipv6` to ip6tables. Default `ipv4`. */
  family: z.enum(['ipv4', 'ipv6']).default('ipv4'),
  /** `absent` takes every copy of the rules out of both lists. Default `present`. */
  state: z.enum(['present', 'absent']).default('present'),
});

export type RulesSpec = z.output<typeof rulesSpec>;

export function toolOf(spec: RulesSpec): 'iptables' | 'ip6tables' {
  return spec.family === 'ipv4' ? 'iptables' : 'ip6tables';
}

/** Where iptables-services keeps what it loads at boot. */
export function savedPath(spec: RulesSpec): string {
  return `/etc/sysconfig/${toolOf(spec)}`;
}

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
