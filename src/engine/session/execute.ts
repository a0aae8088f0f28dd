import type { Action, Answer, Failure, Invocation } from '../../model/index.ts';
import { commandLine, failureOf } from '../failure.ts';
import type { Session } from './session.ts';

export type Exec = Extract<Action, { exec: unknown }>;

/** Seconds for an action that says nothing else. */
const LIMIT = 300;

export function invocation(action: Exec): Invocation {
  const { exec, limit = LIMIT, stdin, env } = action;
  return {
    command: exec,
    limit,
    ...(stdin === undefined ? {} : { stdin }),
    ...(env === undefined ? {} : { env }),
  };
}

/** Runs commands one after the other in one exec; the first that fails ends it. */
export async function execute(
  session: Session,
  actions: readonly Invocation[],
): Promise<Failure | undefined> {
  const remote = await session.remote();
  const answers = await remote.run({ actions, probes: [] });
  return firstFailure(actions, answers.actions);
}

/** The first of the actions that failed. */
export function firstFailure(
  actions: readonly Invocation[],
  answers: readonly Answer[],
): Failure | undefined {
  return actions
    .map(({ command, limit }, index) =>
      failureOf(answers[index] ?? { kind: 'skipped' }, commandLine(command), limit),
    )
    .find((failure) => failure !== undefined);
}
