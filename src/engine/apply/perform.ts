import { createHash } from 'node:crypto';
import { type Action, type Failure, InterruptedError } from '../../model/index.ts';
import { commandLine, failureOf } from '../failure.ts';
import { type Exec, execute, invocation } from '../session/execute.ts';
import type { Session } from '../session/session.ts';
import { executeGuarded } from './execute-guarded.ts';

/** Splits off the last actions that are plain commands: they travel with the next look. */
export function splitTail(actions: readonly Action[]): { first: readonly Action[]; tail: readonly Exec[] } {
  const cut = actions.findLastIndex((action) => !isPlain(action)) + 1;
  return { first: actions.slice(0, cut), tail: actions.slice(cut).filter(isPlain) };
}

function isPlain(action: Action): action is Exec {
  return 'exec' in action && !action.detached && !action.undo;
}

/** Performs the actions one after the other; the first failure ends it. A lost link is left to the next look. */
export async function perform(
  session: Session,
  actions: readonly Action[],
  run: string,
): Promise<Failure | undefined> {
  for (const action of actions) {
    const failure = 'write' in action ? await land(session, action) : await command(session, action, run);
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

function command(session: Session, action: Exec, run: string): Promise<Failure | undefined> {
  if (action.undo) return executeGuarded(session, action, action.undo);
  return action.detached ? executeDetached(session, action, run) : execute(session, [invocation(action)]);
}

const GOES_ON =
  'What was begun there goes on by itself, so that nothing is left half done. Apply again: the next run waits for its end.';

/** The job is called after what it does: a later run that wants the same waits for one that still goes on. */
async function executeDetached(session: Session, action: Exec, run: string): Promise<Failure | undefined> {
  const wanted = JSON.stringify([action.exec, action.stdin, action.env]);
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  try {
    const asked = invocation(action);
    const answer = await session.again((remote) => remote.runDetached({ name, run }, asked));
    return failureOf(answer, commandLine(action.exec), asked.limit);
  } catch (error) {
    throw error instanceof InterruptedError ? new InterruptedError(GOES_ON) : error;
  }
}
