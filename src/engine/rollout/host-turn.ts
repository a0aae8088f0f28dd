import {
  type HostTurn as HostTurnResult,
  type LastProbe,
  nothingPending,
  type Play,
  type RolledStep,
  type Rollout,
  type StepResult,
} from '../../model/index.ts';
import type { HostWork } from '../host/host-work.ts';
import type { Tools } from '../tools.ts';
import type { ErrandPools } from './errand-pools.ts';
import { LeftOpen, type Visit } from './left-open.ts';
import { pendingOf } from './pending.ts';
import { hasFailed } from './rolled-steps.ts';
import { TurnErrands } from './turn-errands.ts';

/** A host's turn in a rollout: what goes before its change, the change, and what goes after it in any case. */
export class HostTurn {
  readonly work: HostWork;
  readonly play: Play;
  readonly #rollout: Rollout;
  readonly #errands: TurnErrands;
  readonly #left = new LeftOpen();
  #changed = false;
  #verify: readonly StepResult[] = [];

  private constructor(work: HostWork, play: Play, rollout: Rollout, tools: Tools) {
    this.work = work;
    this.play = play;
    this.#rollout = rollout;
    this.#errands = new TurnErrands(work.host, tools);
  }

  /** Its turn in a play; undefined where the play goes to all hosts at once, or not to this one. */
  static in(play: Play, work: HostWork, tools: Tools): HostTurn | undefined {
    const isMine = play.hosts.some(({ name }) => name === work.host.name);
    return isMine && play.rollout ? new HostTurn(work, play, play.rollout, tools) : undefined;
  }

  get host(): string {
    return this.work.host.name;
  }

  /** Whether the play has something to do here. */
  get isDue(): boolean {
    return this.work.outcome.isPending(this.play);
  }

  /** What shall hold after a change does not, although this run has changed nothing yet. */
  get isLeftOpen(): boolean {
    return this.#left.steps.length > 0;
  }

  get hasChanged(): boolean {
    return this.#changed;
  }

  get last(): LastProbe | undefined {
    return this.#rollout.last(this.work.host, this.work.facts.known);
  }

  get failed(): boolean {
    return this.work.outcome.failed || this.#errands.failed || hasFailed(this.#verify);
  }

  /** What goes around the change, now that this is known. */
  plan(): Promise<void> {
    const { host, facts, outcome } = this.work;
    const due = this.isDue;
    const pending = due ? pendingOf(outcome.plannedOf(this.play)) : nothingPending;
    return facts.within((known) => {
      const before = due ? this.#rollout.before(host, known, pending) : [];
      const after = this.#rollout.after(host, known, pending);
      return this.#errands.plan(before, after, due);
    });
  }

  /** What to look at on other hosts, to see what an earlier run has left open. */
  visits(): Visit[] {
    return this.#left.visits(this.work.parts.of(this.play)?.after ?? []);
  }

  async change(pools: ErrandPools): Promise<void> {
    const failed = await this.#errands.runBefore(pools);
    if (failed) this.work.outcome.skip(this.play, notChanged(failed));
    else this.#changed = (await this.work.applyPlay(this.play)).some(({ status }) => status === 'changed');
    await this.close(pools);
  }

  /** What was opened before the change is closed after it, however that went: also after Ctrl-C. */
  async close(pools: ErrandPools): Promise<void> {
    if (this.work.outcome.isAway) this.#errands.leaveAfter();
    else await this.#errands.runAfter(pools);
  }

  /** Left alone, and why. */
  leave(why: string): void {
    this.#errands.leaveAll();
    this.work.outcome.leave(this.play, why);
  }

  /** Whether the play's checks hold here. */
  async verify(): Promise<boolean> {
    this.#verify = (await this.work.check([this.play], { which: 'quiet', afterChange: true })) ?? [];
    return !hasFailed(this.#verify) && !this.work.outcome.failed;
  }

  get result(): HostTurnResult | undefined {
    const { before } = this.#errands;
    const after = this.#errands.after.length > 0 ? this.#errands.after : this.#left.steps;
    if (before.length + after.length + this.#verify.length === 0) return undefined;
    return { play: this.play.name, before, after, verify: this.#verify };
  }
}

function notChanged({ kind, name, on }: RolledStep): string {
  return `not changed: ${kind} ${name} on ${on} failed before it`;
}
