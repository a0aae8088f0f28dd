import { createHash } from 'node:crypto';
import {
  type Action,
  type Answer,
  type Failure,
  InterruptedError,
  type Invocation,
  LinkLostError,
  UnreachableError,
} from '../model/index.ts';
import { commandLine, failureFrom, failureOf } from './failure.ts';
import { guard } from './guard.ts';
import type { Session } from './session.ts';

type Exec = Extract<Action, { exec: unknown }>;

const LIMIT = 300;

/** Splits off the last actions that are plain commands: they travel with the next look. */
export function splitTail(actions: readonly Action[]): { first: readonly Action[]; tail: readonly Exec[] } {
  const cut = actions.findLastIndex((action) => !isPlain(action)) + 1;
  return { first: actions.slice(0, cut), tail: actions.slice(cut).filter(isPlain) };
}

function isPlain(action: Action): action is Exec {
  return 'exec' in action && !action.detached && !action.undo;
}

export function invocation(action: Exec): Invocation {
  const base = { command: action.exec, limit: action.limit ?? LIMIT };
  return action.stdin === undefined ? base : { ...base, stdin: action.stdin };
}

/** Performs the actions one after the other; the first failure ends it. A lost link is left to the next look. */
export async function perform(
  session: Session,
  actions: readonly Action[],
  run: string,
): Promise<Failure | undefined> {
  for (const action of actions) {
    const failure = 'write' in action ? await land(session, action) : await execute(session, action, run);
    if (failure) return failure;
  }
  return undefined;
}

async function land(
  session: Session,
  action: Extract<Action, { write: unknown }>,
): Promise<Failure | undefined> {
  const answer = await session.again((remote) => remote.write(action.write));
  return failureOf(answer, `write ${action.write.path}`, undefined);
}

function execute(session: Session, action: Exec, run: string): Promise<Failure | undefined> {
  if (action.undo) return executeGuarded(session, action, action.undo);
  return action.detached
    ? executeDetached(session, action, run)
    : executePlain(session, [invocation(action)]);
}

const GOES_ON =
  'What was begun there goes on by itself, so that nothing is left half done. Apply again: the next run waits for its end.';

/** The job is called after what it does: a later run that wants the same waits for one that still goes on. */
async function executeDetached(session: Session, action: Exec, run: string): Promise<Failure | undefined> {
  const wanted = JSON.stringify([action.exec, action.stdin]);
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  try {
    const answer = await session.again((remote) => remote.runDetached({ name, run }, invocation(action)));
    return failureOf(answer, commandLine(action.exec), action.limit ?? LIMIT);
  } catch (error) {
    throw error instanceof InterruptedError ? new InterruptedError(GOES_ON) : error;
  }
}

async function executePlain(session: Session, actions: readonly Invocation[]): Promise<Failure | undefined> {
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

async function executeGuarded(
  session: Session,
  action: Exec,
  undo: Exec['exec'],
): Promise<Failure | undefined> {
  const guarded = guard(undo);
  try {
    const failure = await executePlain(session, [guarded.arm, invocation(action)]);
    if (failure) return { ...failure, ...(await takeBack(session, guarded.undo)) };
    await (await session.remote()).reconnectTest();
    return await executePlain(session, [guarded.disarm]);
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    const undone = error instanceof LinkLostError ? undefined : await takeBack(session, guarded.undo);
    return {
      ...failureFrom(error),
      message: `it would lock us out: ${error.message}`,
      command: commandLine(action.exec),
      ...undone,
    };
  }
}

async function takeBack(session: Session, undo: Invocation): Promise<Partial<Failure>> {
  const failure = await executePlain(session, [undo]).catch(failureFrom);
  const how = failure
    ? `undoing it failed (${failure.message}); the host tries again by itself within 30 s`
    : 'it was undone';
  return { advice: `Nothing is left of this change: ${how}.` };
}
