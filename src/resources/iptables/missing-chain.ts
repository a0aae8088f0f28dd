import { blocked, type Finding } from '../../model/index.ts';
import type { Rule } from './parse-rule.ts';
import { builtInChains, type RuleList } from './parse-save.ts';
import { type RulesSpec, savedPath } from './rules-spec.ts';

/** A rule needs its chain, and the one it jumps to, in each of the two lists. */
export function missingChain(
  spec: RulesSpec,
  ours: RuleList,
  running: RuleList,
  saved: RuleList,
): Finding | undefined {
  if (spec.state === 'absent') return undefined;
  const lists = [
    { where: 'the running list', chains: running.chains },
    { where: savedPath(spec), chains: saved.chains },
  ];
  for (const { where, chains } of lists) {
    const name = ours.rules.flatMap((rule) => chainsNeeded(spec, ours, rule)).find((one) => !chains.has(one));
    if (name)
      return blocked(`${where} has no chain ${name}`, 'what owns the chain has to make it there first');
  }
  return undefined;
}

function chainsNeeded(spec: RulesSpec, ours: RuleList, rule: Rule): string[] {
  const builtIn: readonly string[] = builtInChains[spec.table];
  const target = rule.target[1] ?? '';
  return [
    ...(builtIn.includes(rule.chain) ? [] : [rule.chain]),
    ...(ours.chains.has(target) ? [target] : []),
  ];
}
