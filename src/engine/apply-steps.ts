import { type Change, type Finding, isSettled, type StepResult } from '../model/index.ts';
import { failureFrom } from './command-failure.ts';
import { isPending, type PlannedStep } from './planned-step.ts';
import type { Fresh, StepExecutor } from './step-executor.ts';
import { rangeAfter, rangeAt } from './step-range.ts';
import { failedResult, plannedResult, stepResult } from './step-result.ts';
import { setBack, verdictAfter, verdictBefore } from './step-verdict.ts';

type Planned = Pick<PlannedStep, 'step' | 'finding'>;

/** Called while steps are applied; steps are named by their index. */
export interface ApplyObserver {
  started(index: number): void;
  /** May be called again for a step that a later one has set back. */
  finished(index: number, result: StepResult): void;
  /** It did not run, because an earlier one has failed. */
  leftOut(index: number, result: StepResult): void;
}

/**
 * Applies planned steps in their order: look, act, look again. The look after a step's actions travels with them and reaches up
 * to the next pending step; the last one sees all steps once more. Rejects with what ended it, such as a lost host, once
 * every step has its result.
 */
export async function applySteps(
  executor: StepExecutor,
  planned: readonly Planned[],
  observer: ApplyObserver,
): Promise<void> {
  await new StepRun(executor, planned, observer).run();
}

class StepRun {
  readonly #executor: StepExecutor;
  readonly #planned: readonly Planned[];
  readonly #observer: ApplyObserver;
  #fresh: Fresh = { findings: new Map() };
  #changed = false;

  constructor(executor: StepExecutor, planned: readonly Planned[], observer: ApplyObserver) {
    this.#executor = executor;
    this.#planned = planned;
    this.#observer = observer;
  }

  async run(): Promise<void> {
    let at = 0;
    try {
      for (const planned of this.#planned) {
        const result = await this.#apply(at, planned);
        this.#observer.finished(at, result);
        at += 1;
        if (result.status === 'failed') return this.#leaveOutFrom(at);
      }
      if (this.#changed) await this.#lookAgain();
    } catch (error) {
      // What became of this step is not known.
      const lostAt = this.#planned[at];
      if (lostAt) this.#observer.leftOut(at, failedResult(lostAt.step, failureFrom(error)));
      this.#leaveOutFrom(at + 1);
      throw error;
    }
  }

  async #apply(at: number, planned: Planned): Promise<StepResult> {
    if (!isPending(planned) && !this.#changed) return plannedResult(planned.step, planned.finding);
    if (isPending(planned)) this.#observer.started(at);
    if (!this.#fresh.findings.has(at)) this.#fresh = await this.#executor.look(rangeAt(this.#planned, at));
    const verdict = verdictBefore(planned, this.#finding(at));
    return 'result' in verdict ? verdict.result : this.#act(at, planned, verdict.act);
  }

  async #act(at: number, planned: Planned, changes: readonly Change[]): Promise<StepResult> {
    this.#changed = true;
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
    for (const [index, { step }] of this.#planned.slice(from).entries())
      this.#observer.leftOut(from + index, stepResult(step, 'skipped'));
  }

  #finding(at: number): Finding {
    const finding = this.#fresh.findings.get(at);
    if (!finding) throw new Error(`step ${at} was not looked at`);
    return finding;
  }
}
