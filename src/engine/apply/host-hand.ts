import {
  type Action,
  type Failure,
  type Finding,
  type Invocation,
  LinkLostError,
  type PlannedStep,
  type ReadTogether,
} from '../../model/index.ts';
import { addDenials } from '../denials/add-denials.ts';
import { readDenials } from '../denials/read-denials.ts';
import { findingOf } from '../plan/find.ts';
import { nothingForetold } from '../plan/foretell.ts';
import { firstFailure, invocation } from '../session/execute.ts';
import { lockError, takeLock } from '../session/lock.ts';
import type { Session } from '../session/session.ts';
import type { Tools } from '../tools.ts';
import { perform, splitTail } from './perform.ts';
import type { Stretch } from './stretch.ts';

/** What a look while applying found, by the index of the step. */
export interface Fresh {
  readonly findings: ReadonlyMap<number, Finding>;
  /** Why the actions that went before the look failed. */
  readonly failure?: Failure | undefined;
  /** The link was lost while they were under way: they may not have begun, or not have ended. */
  readonly lost?: true;
}

/** Acts on a host's steps and looks at them again. */
export class HostHand {
  readonly #session: Session;
  readonly #planned: readonly PlannedStep[];
  readonly #readTogether: ReadTogether;
  readonly #lock: Invocation;
  readonly #run: string;

  constructor(
    session: Session,
    planned: readonly PlannedStep[],
    { readTogether, run }: Pick<Tools, 'readTogether' | 'run'>,
  ) {
    this.#session = session;
    this.#planned = planned;
    this.#readTogether = readTogether;
    this.#lock = takeLock(run);
    this.#run = run.id;
  }

  /** Takes the host's lock as well: this is the first look, or the first one over a new connection. */
  async look(stretch: Stretch): Promise<Fresh> {
    const { findings, failure } = await this.#session.again(() => this.#lookAfter([this.#lock], stretch));
    if (failure) throw lockError(failure);
    return { findings };
  }

  /** What failed may have failed because of SELinux: then the host is asked for what it has refused since. */
  async actAndLook(actions: readonly Action[], stretch: Stretch): Promise<Fresh> {
    const began = performance.now();
    const fresh = await this.#actAndLook(actions, stretch);
    if (!fresh.failure) return fresh;
    return { ...fresh, failure: addDenials(fresh.failure, await readDenials(this.#session, began)) };
  }

  /** After a lost link nobody knows what was done: the look over a new connection tells. */
  async #actAndLook(actions: readonly Action[], stretch: Stretch): Promise<Fresh> {
    const { first, tail } = splitTail(actions);
    try {
      const failure = await perform(this.#session, first, this.#run);
      if (failure) return { ...(await this.look(stretch)), failure };
      return await this.#lookAfter(tail.map(invocation), stretch);
    } catch (error) {
      if (!(error instanceof LinkLostError)) throw error;
      await this.#session.renew();
      return { ...(await this.look(stretch)), lost: true };
    }
  }

  async #lookAfter(actions: readonly Invocation[], { from, to }: Stretch): Promise<Fresh> {
    const reads = this.#planned.slice(from, to).map(({ step }) => step.look);
    const { results, actions: answers } = await this.#readTogether(
      await this.#session.remote(),
      reads,
      actions,
    );
    const findings = new Map(
      results.map((looked, index) => [from + index, findingOf(looked, nothingForetold)] as const),
    );
    return { findings, failure: firstFailure(actions, answers) };
  }
}
