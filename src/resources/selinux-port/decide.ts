import { blocked, type Change, differs, type Finding, type PredictedEffects } from '../../model/index.ts';
import { missingTool, unknownType, whereDisabled } from '../selinux/preconditions.ts';
import { ruleAction } from './actions.ts';
import type { PortRule, PortsState } from './probe.ts';
import { overlap, type PortRange, type PortSpec, rangeText } from './spec.ts';

export function decidePorts(
  spec: PortSpec,
  state: PortsState | undefined,
  effects: PredictedEffects,
): Finding {
  if (!state) return whereDisabled(spec);
  const rules = state.rules.filter(({ protocol }) => protocol === spec.protocol);
  const wanted = spec.ports.filter((port) => !rules.some((rule) => covers(rule, port, spec.type)));
  if (wanted.length === 0) return differs([]);
  if (!state.hasType) return unknownType(spec.type, state.store, effects);
  const inTheWay = rules.find((rule) => wanted.some((port) => overlap(rule, port) && !isSame(rule, port)));
  if (inTheWay) return overlapping(inTheWay);
  const noTool = state.hasSemanage ? undefined : missingTool('semanage', effects);
  return noTool ?? differs(changesOf(spec, wanted, rules));
}

function covers(rule: PortRule, { low, high }: PortRange, type: string): boolean {
  return rule.type === type && rule.low <= low && high <= rule.high;
}

function isSame(rule: PortRange, { low, high }: PortRange): boolean {
  return rule.low === low && rule.high === high;
}

/** Local rules must not overlap, and which of the two is meant is not for us to say. */
function overlapping(rule: PortRule): Finding {
  const range = rangeText(rule);
  return blocked(
    `a local rule for ${rule.protocol} ${range} (${rule.type}) overlaps the wanted ports`,
    `Delete it with \`semanage port -d -p ${rule.protocol} ${range}\`, or list exactly its ports.`,
  );
}

/** One change for each rule; the last one carries the command, which adds all of them together. */
function changesOf(
  { type, protocol }: PortSpec,
  wanted: readonly PortRange[],
  rules: readonly PortRule[],
): Change[] {
  const former = (port: PortRange) => rules.find((rule) => isSame(rule, port));
  const defined = wanted.filter(former);
  const action = ruleAction({ type, protocol, wanted, defined });
  return wanted.map((port, at) => {
    const had = former(port);
    return {
      aspect: `${protocol}/${rangeText(port)}`,
      summary: `${protocol} ${rangeText(port)}: ${had ? `${had.type} → ${type}` : `add ${type}`}`,
      actions: at === wanted.length - 1 ? [action] : [],
    };
  });
}
