import { type Change, type Finding, isSettled, ok, type StepResult } from '../model/index.ts';
import { failureFrom } from './command-failure.ts';
import { isPending, type PlannedStep } from './planned-step.ts';
import type { Fresh, StepExecutor } from './step-executor.ts';
import { rangeAfter, rangeAt } from './step-range.ts';
import { failedResult, plannedResult, stepResult } from './step-result.ts';
import { setBack, verdictAfter, verdictBefore, verdictBeforeAll } from './step-verdict.ts';

type Planned = Pick<PlannedStep, 'step' | 'finding'>;

/** Called while steps are applied; steps are named by their index among all steps of the host. */
export interface ApplyObserver {
  started(index: number): void;
  /** May be called again for a step that a later one has set back. */
  finished(index: number, result: StepResult): void;
  /** It did not run, because another one has failed. */
  leftOut(index: number, result: StepResult): void;
}

export interface ApplyRange {
  /** The steps to apply are those from here on, up to `to`; those before it were applied earlier in this run. */
  readonly from: number;
  readonly to: number;
  /** Something was done on the host in this run, so what differs from the plan may be its own doing. */
  readonly actedBefore: boolean;
}

/**
 * Applies planned steps in their order: look, act, look again. The first look sees all steps of the host: if any of them differs from
 * the plan, nothing is done. The look after a step's actions travels with them and reaches up to the next pending step; the last
 * one sees all steps so far once more. Rejects with what ended it, such as a lost host, once every step has its result.
 */
export async function applySteps(
  executor: StepExecutor,
  planned: readonly Planned[],
  range: ApplyRange,
  observer: ApplyObserver,
): Promise<void> {
  await new StepRun(executor, planned, range, observer).run();
}

class StepRun {
  readonly #executor: StepExecutor;
  readonly #all: readonly Planned[];
  /** Those up to the end of the range. */
  readonly #planned: readonly Planned[];
  readonly #from: number;
  readonly #observer: ApplyObserver;
  #fresh: Fresh = { findings: new Map() };
  readonly #surprising = new Set<number>();
  #acted: boolean;

  constructor(
    executor: StepExecutor,
    all: readonly Planned[],
    { from, to, actedBefore }: ApplyRange,
    observer: ApplyObserver,
  ) {
    this.#executor = executor;
    this.#all = all;
    this.#planned = all.slice(0, to);
    this.#from = from;
    this.#acted = actedBefore;
    this.#observer = observer;
  }

  async run(): Promise<void> {
    let at = this.#from;
    try {
      if (await this.#hasChangedSincePlan()) return this.#leaveOutFrom(at);
      for (const planned of this.#planned.slice(at)) {
        const result = await this.#apply(at, planned);
        this.#observer.finished(at, result);
        at += 1;
        if (result.status === 'failed') return this.#leaveOutFrom(at);
      }
      if (this.#acted) await this.#lookAgain();
    } catch (error) {
      // What became of this step is not known.
      const lostAt = this.#planned[at];
      if (lostAt) this.#observer.leftOut(at, failedResult(lostAt.step, failureFrom(error)));
      this.#leaveOutFrom(at + 1);
      throw error;
    }
  }

  /** Before anything was done on the host, nothing may differ from the plan, in later plays either. */
  async #hasChangedSincePlan(): Promise<boolean> {
    if (this.#acted || !this.#planned.slice(this.#from).some(isPending)) return false;
    const { fresh, findings } = await this.#executor.lookAtAll();
    this.#fresh = fresh;
    for (const [at, planned] of this.#all.entries()) {
      const failed = verdictBeforeAll(planned, findings[at] ?? ok);
      if (!failed) continue;
      this.#surprising.add(at);
      this.#observer.finished(at, failed);
    }
    return this.#surprising.size > 0;
  }

  async #apply(at: number, planned: Planned): Promise<StepResult> {
    if (!isPending(planned) && !this.#acted) return plannedResult(planned.step, planned.finding);
    if (isPending(planned)) this.#observer.started(at);
    if (!this.#fresh.findings.has(at)) this.#fresh = await this.#executor.look(rangeAt(this.#planned, at));
    const verdict = verdictBefore(planned, this.#finding(at));
    return 'result' in verdict ? verdict.result : this.#act(at, planned, verdict.act);
  }

  async #act(at: number, planned: Planned, changes: readonly Change[]): Promise<StepResult> {
    this.#acted = true;
    const actions = changes.flatMap((change) => change.actions);
    this.#fresh = await this.#executor.actAndLook(actions, rangeAfter(this.#planned, at));
    return verdictAfter(planned, changes, this.#fresh, this.#finding(at));
  }

  /** A step that a later one has set back has failed after all. */
  async #lookAgain(): Promise<void> {
    const all = { from: 0, to: this.#planned.length };
    if (this.#fresh.findings.size < all.to) this.#fresh = await this.#executor.look(all);
    for (const [at, planned] of this.#planned.entries()) {
      const finding = this.#finding(at);
      if (!isSettled(finding)) this.#observer.finished(at, setBack(planned, finding));
    }
  }

  #leaveOutFrom(from: number): void {
    for (const [at, { step }] of this.#planned.entries())
      if (at >= from && !this.#surprising.has(at)) this.#observer.leftOut(at, stepResult(step, 'skipped'));
  }

  #finding(at: number): Finding {
    const finding = this.#fresh.findings.get(at);
    if (!finding) throw new Error(`step ${at} was not looked at`);
    return finding;
  }
}
