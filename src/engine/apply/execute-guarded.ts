import { type Failure, type Invocation, LinkLostError, UnreachableError } from '../../model/index.ts';
import { commandLine, failureFrom } from '../failure.ts';
import { type Exec, execute, invocation } from '../session/execute.ts';
import { guard } from '../session/guard.ts';
import type { Session } from '../session/session.ts';

/** Runs what could lock us out: unless a new connection succeeds afterwards, it is undone. */
export async function executeGuarded(
  session: Session,
  action: Exec,
  undo: Exec['exec'],
): Promise<Failure | undefined> {
  const guarded = guard(undo);
  try {
    const failure = await execute(session, [guarded.arm, invocation(action)]);
    if (failure) return { ...failure, ...(await takeBack(session, guarded.undo)) };
    await (await session.remote()).reconnectTest();
    return await execute(session, [guarded.disarm]);
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
  const failure = await execute(session, [undo]).catch(failureFrom);
  const how = failure
    ? `undoing it failed (${failure.message}); the host tries again by itself within 30 s`
    : 'it was undone';
  return { advice: `Nothing is left of this change: ${how}.` };
}
