import {
  type Change,
  type Finding,
  isSettled,
  type Listener,
  type PlannedStep,
  type StepResult,
} from '../../model/index.ts';
import { failureFrom } from '../failure.ts';
import type { Session } from '../session/session.ts';
import { failedResult, plannedResult, stepResult } from '../step-result.ts';
import type { Tools } from '../tools.ts';
import { decide, judge, setBack } from './apply-step.ts';
import { type Fresh, HostHand } from './host-hand.ts';
import { stretchAfter, stretchAt } from './stretch.ts';

/** What became of the steps; `error` is what ended the host's run before its end, such as a lost link. */
export interface Applied {
  readonly results: readonly StepResult[];
  readonly error?: unknown;
}

/**
 * Applies what was planned for a host, step by step: look, act, look again. The look after a step's actions
 * travels with them and reaches up to the next pending step; the last one sees all steps once more.
 */
export async function applyHost(
  session: Session,
  planned: readonly PlannedStep[],
  tools: Pick<Tools, 'readTogether' | 'run' | 'listener'>,
): Promise<Applied> {
  const hand = new HostHand(session, planned, tools);
  const run = new HostApply(hand, planned, session.host.name, tools.listener);
  return run.outcome();
}

class HostApply {
  readonly #hand: HostHand;
  readonly #planned: readonly PlannedStep[];
  readonly #host: string;
  readonly #listener: Listener;
  #fresh: Fresh = { findings: new Map() };
  #changed = false;

  constructor(hand: HostHand, planned: readonly PlannedStep[], host: string, listener: Listener) {
    this.#hand = hand;
    this.#planned = planned;
    this.#host = host;
    this.#listener = listener;
  }

  async outcome(): Promise<Applied> {
    const results: StepResult[] = [];
    try {
      for (const [at, planned] of this.#planned.entries()) {
        const result = await this.#step(at, planned);
        results.push(result);
        this.#listener({ type: 'step-finished', host: this.#host, result });
        if (result.status === 'failed') return { results: this.#withRest(results, 'skipped') };
      }
      return { results: this.#changed ? await this.#recheck(results) : results };
    } catch (error) {
      return { results: this.#cutShort(results, error), error };
    }
  }

  /** The step at which the host was lost has failed: what became of it is not known. */
  #cutShort(results: readonly StepResult[], error: unknown): StepResult[] {
    const planned = this.#planned[results.length];
    if (!planned) return [...results];
    return this.#withRest([...results, failedResult(planned.step, failureFrom(error))], 'skipped');
  }

  #withRest(results: readonly StepResult[], status: StepResult['status']): StepResult[] {
    const rest = this.#planned.slice(results.length);
    return [...results, ...rest.map(({ step }) => stepResult(step, status))];
  }

  async #step(at: number, planned: PlannedStep): Promise<StepResult> {
    const settled = isSettled(planned.finding);
    if (settled && !this.#changed) return plannedResult(planned.step, planned.finding);
    if (!settled) this.#starting(at, planned);
    const decision = decide(planned, await this.#finding(at));
    return 'result' in decision ? decision.result : this.#act(at, planned, decision.act);
  }

  #starting(index: number, { step }: PlannedStep): void {
    const total = this.#planned.length;
    this.#listener({ type: 'step-started', host: this.#host, step: step.label, index, total });
  }

  async #act(at: number, planned: PlannedStep, changes: readonly Change[]): Promise<StepResult> {
    this.#changed = true;
    const actions = changes.flatMap((change) => change.actions);
    this.#fresh = await this.#hand.actAndLook(actions, stretchAfter(this.#planned, at));
    return judge(planned, changes, this.#fresh, this.#seen(at));
  }

  async #finding(at: number): Promise<Finding> {
    if (!this.#fresh.findings.has(at)) this.#fresh = await this.#hand.look(stretchAt(this.#planned, at));
    return this.#seen(at);
  }

  #seen(at: number): Finding {
    const finding = this.#fresh.findings.get(at);
    if (!finding) throw new Error(`step ${at} was not looked at`);
    return finding;
  }

  /** What a later step has set back has failed after all. */
  async #recheck(results: readonly StepResult[]): Promise<StepResult[]> {
    if (this.#fresh.findings.size < results.length) {
      this.#fresh = await this.#hand.look({ from: 0, to: results.length });
    }
    return results.map((result, at) => {
      const planned = this.#planned[at];
      const finding = this.#seen(at);
      return planned && !isSettled(finding) ? setBack(planned, finding) : result;
    });
  }
}
