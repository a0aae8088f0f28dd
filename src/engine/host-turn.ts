import {
  type Facts,
  type HostTurn as HostTurnResult,
  type LastProbe,
  nothingPending,
  type Pending,
  type PlannedStep,
  type Play,
  type RolledStep,
  type Rollout,
  type StepResult,
} from '../model/index.ts';
import { hasFailed, notRun, type PreparedErrand, prepareErrands, runErrands } from './errands.ts';
import type { HostRun, Visit } from './host-run.ts';
import { pendingOf } from './pending.ts';
import type { SessionPool } from './session-pool.ts';
import { plannedResult } from './step-result.ts';
import type { Tools } from './tools.ts';

const LEFT_OPEN = 'left by a rollout that did not end, or changed by hand';

/** A host's turn in a rollout: what goes before its change, the change, and what goes after it in any case. */
export class HostTurn {
  readonly run: HostRun;
  readonly play: Play;
  readonly #rollout: Rollout;
  readonly #tools: Tools;
  #beforehand: readonly PreparedErrand[] = [];
  #afterwards: readonly PreparedErrand[] = [];
  #left: RolledStep[] = [];
  #changed = false;
  #before: RolledStep[] = [];
  #after: RolledStep[] = [];
  #verify: readonly StepResult[] = [];

  constructor(run: HostRun, play: Play, rollout: Rollout, tools: Tools) {
    this.run = run;
    this.play = play;
    this.#rollout = rollout;
    this.#tools = tools;
  }

  get host(): string {
    return this.run.host.name;
  }

  /** Whether the play has something to do here. */
  get isDue(): boolean {
    return this.run.isPending(this.play);
  }

  /** What shall hold after a change does not, although this run has changed nothing yet. */
  get isLeftOpen(): boolean {
    return this.#left.length > 0;
  }

  get hasChanged(): boolean {
    return this.#changed;
  }

  get last(): LastProbe | undefined {
    return this.#rollout.last(this.run.host, this.run.facts);
  }

  get failed(): boolean {
    return this.run.failed || hasFailed([...this.#before, ...this.#after, ...this.#verify]);
  }

  /** Takes what plan found for the host. */
  async plan(planned: readonly PlannedStep[], facts: Facts | undefined): Promise<void> {
    const due = this.isDue;
    const pending: Pending = due ? pendingOf(planned) : nothingPending;
    const { project } = this.#tools;
    const before = due ? this.#rollout.before(this.run.host, facts, pending) : [];
    const after = this.#rollout.after(this.run.host, facts, pending);
    this.#beforehand = await prepareErrands(before, project);
    this.#afterwards = await prepareErrands(after, project);
    this.#before = notRun(this.#beforehand, 'pending');
    this.#after = due ? notRun(this.#afterwards, 'pending') : [];
  }

  /** Looks at how what runs after a change stands right now. A host that cannot tell has nothing left open. */
  visits(): Visit[] {
    return this.run.errandsAfter(this.play).flatMap(({ hosts, step }) =>
      hosts.map(({ name }) => ({
        to: name,
        step,
        take: (finding) => {
          if (finding.status !== 'change') return;
          this.#left.push({ ...plannedResult(step, finding), status: 'pending', note: LEFT_OPEN, on: name });
        },
      })),
    );
  }

  async change(open: SessionPool, closing: SessionPool): Promise<void> {
    this.#before = await this.#errands(this.#beforehand, open, 'stop');
    const failed = this.#before.find(({ status }) => status === 'failed');
    if (failed)
      this.run.skip(this.play, `not changed: ${failed.kind} ${failed.name} on ${failed.on} failed before it`);
    else this.#changed = (await this.run.applyPlay(this.play)).some(({ status }) => status === 'changed');
    await this.close(open, closing);
  }

  /** What was opened before the change is closed after it, however that went: also after Ctrl-C. */
  async close(open: SessionPool, closing: SessionPool): Promise<void> {
    const { signal } = this.#tools;
    if (this.run.isAway) {
      this.#after = notRun(
        this.#afterwards,
        'skipped',
        'not run: the host cannot be reached; the next apply does it',
      );
      return;
    }
    const wasAborted = signal.aborted;
    this.#after = await this.#errands(this.#afterwards, wasAborted ? closing : open, 'go on');
    if (signal.aborted && !wasAborted && hasFailed(this.#after)) {
      this.#after = await this.#errands(this.#afterwards, closing, 'go on');
    }
  }

  /** Left alone, and why. */
  leave(why: string): void {
    this.#before = [];
    this.#after = [];
    this.run.leave(this.play, why);
  }

  /** Whether the play's checks hold here. */
  async verify(): Promise<boolean> {
    this.#verify = await this.run.check(this.play);
    return !hasFailed(this.#verify) && !this.run.failed;
  }

  get result(): HostTurnResult | undefined {
    const after = this.#after.length > 0 ? this.#after : this.#left;
    if (this.#before.length + after.length + this.#verify.length === 0) return undefined;
    return { play: this.play.name, before: this.#before, after, verify: this.#verify };
  }

  #errands(errands: readonly PreparedErrand[], pool: SessionPool, atFailure: 'stop' | 'go on') {
    return runErrands(errands, pool, { ...this.#tools, owner: this.run.host }, atFailure);
  }
}
