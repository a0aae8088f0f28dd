import {
  type Action,
  blocked,
  type Command,
  differs,
  type Finding,
  ok,
  type PredictedEffects,
  type Prediction,
  unknown,
} from '../../model/index.ts';
import { type CommandSpec, environmentOf, revealed } from './command-spec.ts';
import type { GuardAnswer, GuardState } from './read-guards.ts';

export function decideCommand(
  spec: CommandSpec,
  name: string,
  state: GuardState,
  effects: PredictedEffects,
): Finding {
  const guards = [spec.unless, spec.onlyIf].filter((guard) => guard !== undefined);
  const soon = guards.map((guard) => namesChanging(guard, effects)).find(Boolean);
  if (soon) return unknown(soon.step, 'it changes what the guard looks at');
  const lacking = noTool(spec.unless, state.unless, effects) ?? noTool(spec.onlyIf, state.onlyIf, effects);
  if (lacking) return lacking;
  if (state.unless === 'yes' || state.onlyIf === 'no' || state.created) return ok;
  const created = spec.creates === undefined ? undefined : effects.appears(spec.creates);
  if (created?.certain) return unknown(created.step, `it brings ${spec.creates}`);
  if (!state.runnable) {
    const coming = effects.command(spec.run[0]);
    if (!coming) return missing(spec.run[0]);
    if (!coming.certain) return unknown(coming.step, `it may bring ${spec.run[0]}`);
  }
  return differs([{ aspect: 'run', summary: `run ${name}`, actions: [runAction(spec)] }]);
}

function runAction(spec: CommandSpec): Action {
  const env = environmentOf(spec);
  return {
    exec: spec.run,
    limit: spec.limit,
    ...(spec.stdin === undefined ? {} : { stdin: revealed(spec.stdin) }),
    ...(env && { env }),
  };
}

function noTool(
  guard: Command | undefined,
  answer: GuardAnswer | undefined,
  effects: PredictedEffects,
): Finding | undefined {
  if (guard === undefined || answer !== 'tool missing') return undefined;
  const [tool] = guard;
  const soon = effects.command(tool);
  if (soon) return unknown(soon.step, `the guard needs ${tool}, which is not there yet`);
  const script = effects.pending !== undefined && SHELLS.test(tool);
  return script ? unknown(effects.pending, 'the guard needs a tool that is not there yet') : missing(tool);
}

/** A script exits 127 when any tool in it is missing: which one, nobody can tell. */
const SHELLS = /(^|\/)(ba|da|k|z)?sh$/;

function missing(tool: string): Finding {
  const what = SHELLS.test(tool) ? 'a tool that its script calls' : tool;
  return blocked(
    `the host does not have ${what}`,
    'Check the name, or add a step before this one that brings it.',
  );
}

/** A guard that says "nothing to do" now may say otherwise once the files that it names have changed. */
function namesChanging(guard: Command, effects: PredictedEffects): Prediction | undefined {
  const paths = guard.slice(1).flatMap((word) => word.match(/\/[\w@%+:,./-]*[\w@%+-]/g) ?? []);
  return paths
    .map((path) => effects.changes(path) ?? effects.appears(path))
    .find((prediction) => prediction?.certain);
}
