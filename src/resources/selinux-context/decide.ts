import { blocked, type Change, differs, type Finding, type PredictedEffects } from '../../model/index.ts';
import { missingTool, unknownType, whereDisabled } from '../selinux/preconditions.ts';
import { contextAction } from './actions.ts';
import type { ContextState } from './probe.ts';
import { type ContextSpec, placeOf } from './spec.ts';

export function decideContext(
  spec: ContextSpec,
  state: ContextState | undefined,
  effects: PredictedEffects,
): Finding {
  if (!state) return whereDisabled(spec);
  const differing = state.rule !== (spec.type ?? spec.equals);
  const relabel = spec.restore && (differing || state.relabelling);
  return (
    (differing ? refuseRule(spec, state, effects) : undefined) ??
    (relabel && !state.hasRestorecon ? missingTool('restorecon', effects) : undefined) ??
    differs(changesOf(spec, state, { differing, relabel }))
  );
}

function refuseRule(spec: ContextSpec, state: ContextState, effects: PredictedEffects): Finding | undefined {
  if (!state.hasType) return unknownType(spec.type ?? '', state.store, effects);
  return conflict(spec, state) ?? (state.hasSemanage ? undefined : missingTool('semanage', effects));
}

/** As semanage refuses it: such a rule would never match. */
function conflict({ pattern, equals }: ContextSpec, { equivalences }: ContextState): Finding | undefined {
  const above = equivalences.find(([path]) => pattern.startsWith(`${path}/`));
  if (above) {
    const [path, like] = above;
    const advice = `Write ${like}${pattern.slice(path.length)} instead.`;
    return blocked(`the policy treats ${path} as ${like}: a rule for ${pattern} would never match`, advice);
  }
  const below =
    equals === undefined ? undefined : equivalences.find(([path]) => path.startsWith(`${pattern}/`));
  if (!below) return undefined;
  const reason = `the policy treats ${below[0]}, which is below ${pattern}, as ${below[1]}`;
  return blocked(
    reason,
    `Delete that rule with \`semanage fcontext -d ${below[0]}\`, or choose other paths.`,
  );
}

/** The last change carries the command, which does both. */
function changesOf(
  spec: ContextSpec,
  { rule }: ContextState,
  { differing, relabel }: { readonly differing: boolean; readonly relabel: boolean },
): Change[] {
  const wanted = spec.type ?? `as ${spec.equals}`;
  const former = spec.type === undefined && rule !== undefined ? `as ${rule}` : rule;
  const { stem, exact } = placeOf(spec);
  const shown = [
    ...(differing ? [{ aspect: 'rule', summary: `rule: ${former ? `${former} → ` : 'add '}${wanted}` }] : []),
    ...(relabel ? [{ aspect: 'labels', summary: `relabel what exists at ${stem}${exact ? '' : '*'}` }] : []),
  ];
  const action = contextAction(spec, { add: differing && rule === undefined, differing });
  return shown.map((change, at) => ({ ...change, actions: at === shown.length - 1 ? [action] : [] }));
}
