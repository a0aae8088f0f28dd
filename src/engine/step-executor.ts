import { createHash } from 'node:crypto';
import {
  type Action,
  type Failure,
  type Finding,
  InterruptedError,
  type Invocation,
  LinkLostError,
  type PreparedStep,
} from '../model/index.ts';
import { commandFailure, commandLine } from './command-failure.ts';
import { diffStep, diffSteps } from './diff-steps.ts';
import type { HostSession } from './host-session.ts';
import type { RunContext } from './run-context.ts';
import type { StepRange } from './step-range.ts';

/** What a look while applying found, by the index of the step. */
export interface Fresh {
  readonly findings: ReadonlyMap<number, Finding>;
  /** Why the actions before the look failed. */
  readonly failure?: Failure | undefined;
  /** The link was lost while they ran: they may not have begun, or not have ended. */
  readonly lost?: true;
}

type Exec = Extract<Action, { exec: unknown }>;

/** Seconds for an action that does not say. */
const LIMIT = 300;
const GOES_ON =
  'The command that runs on the host is not interrupted, so that nothing is left half done. Apply again: the next run waits for its end.';

/** Performs the actions of a host's steps, and looks at them again. */
export class StepExecutor {
  readonly #session: HostSession;
  readonly #steps: readonly PreparedStep[];
  readonly #context: Pick<RunContext, 'readDenials' | 'runId'>;

  constructor(
    session: HostSession,
    steps: readonly PreparedStep[],
    context: Pick<RunContext, 'readDenials' | 'runId'>,
  ) {
    this.#session = session;
    this.#steps = steps;
    this.#context = context;
  }

  /** One look at all steps: each by itself, and with the effects of those before it, as in the plan. */
  async lookAtAll(): Promise<{ fresh: Fresh; findings: readonly Finding[] }> {
    const all = { from: 0, to: this.#steps.length };
    const looked = await this.#session.read(this.#looks(all), { locked: true });
    return { fresh: { findings: found(all, looked) }, findings: diffSteps(this.#steps, looked) };
  }

  async look(range: StepRange): Promise<Fresh> {
    return { findings: found(range, await this.#session.read(this.#looks(range), { locked: true })) };
  }

  /** What failed may have failed because of SELinux: then the host is asked for what it has denied since. */
  async actAndLook(actions: readonly Action[], range: StepRange): Promise<Fresh> {
    const began = performance.now();
    const fresh = await this.#actAndLook(actions, range);
    if (!fresh.failure) return fresh;
    const withDenials = await this.#context.readDenials((probe) => this.#session.probeOnce(probe), began);
    return { ...fresh, failure: withDenials(fresh.failure) };
  }

  /** The last plain commands travel with the look. After a lost link, the look shows what was done. */
  async #actAndLook(actions: readonly Action[], range: StepRange): Promise<Fresh> {
    const cut = actions.findLastIndex((action) => !isPlain(action)) + 1;
    try {
      for (const action of actions.slice(0, cut)) {
        const failure = await this.#perform(action);
        if (failure) return { ...(await this.look(range)), failure };
      }
      const tail = actions.slice(cut).filter(isPlain).map(invocation);
      const { failure, results } = await this.#session.act(tail, this.#looks(range));
      return { findings: found(range, results), failure };
    } catch (error) {
      if (!(error instanceof LinkLostError)) throw error;
      return { ...(await this.look(range)), lost: true };
    }
  }

  async #perform(action: Action): Promise<Failure | undefined> {
    if ('write' in action) {
      const answer = await this.#session.write(action.write);
      return commandFailure(answer, `write ${action.write.path}`, undefined);
    }
    if (action.undo) return this.#session.actWithRollback(invocation(action), action.undo);
    return action.detached
      ? this.#runDetached(action)
      : (await this.#session.act([invocation(action)])).failure;
  }

  /** The job is named after its work: a later run with the same work waits for one that still runs. */
  async #runDetached(action: Exec): Promise<Failure | undefined> {
    const work = JSON.stringify([action.exec, action.stdin, action.env]);
    const name = createHash('sha256').update(work).digest('hex').slice(0, 16);
    const command = invocation(action);
    try {
      const answer = await this.#session.runDetached({ name, run: this.#context.runId }, command);
      return commandFailure(answer, commandLine(action.exec), command.limit);
    } catch (error) {
      throw error instanceof InterruptedError ? new InterruptedError(GOES_ON) : error;
    }
  }

  #looks({ from, to }: StepRange): PreparedStep['look'][] {
    return this.#steps.slice(from, to).map((step) => step.look);
  }
}

function found({ from }: StepRange, looked: readonly Parameters<typeof diffStep>[0][]): Map<number, Finding> {
  return new Map(looked.map((look, index) => [from + index, diffStep(look)]));
}

function isPlain(action: Action): action is Exec {
  return 'exec' in action && !action.detached && !action.undo;
}

function invocation({ exec, limit = LIMIT, stdin, env }: Exec): Invocation {
  return {
    command: exec,
    limit,
    ...(stdin === undefined ? {} : { stdin }),
    ...(env === undefined ? {} : { env }),
  };
}
