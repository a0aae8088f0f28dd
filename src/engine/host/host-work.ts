import type {
  Finding,
  Host,
  PlannedStep,
  Play,
  PreparedStep,
  Reader,
  StepResult,
} from '../../model/index.ts';
import { applyHost } from '../apply/apply-host.ts';
import { type CheckOptions, runChecks } from '../checks/run-checks.ts';
import { planHost } from '../plan/plan-host.ts';
import { askHost } from '../session/ask-host.ts';
import { HostFacts } from '../session/host-facts.ts';
import { Session } from '../session/session.ts';
import { witnessed } from '../session/witnessed.ts';
import { untouchedResult } from '../step-result.ts';
import type { Tools } from '../tools.ts';
import { HostOutcome } from './host-outcome.ts';
import { HostParts } from './host-parts.ts';
import { hostPart } from './host-result.ts';

/** All that is done on one host, over one connection: asked, looked at, applied and checked. */
export class HostWork {
  readonly host: Host;
  readonly facts: HostFacts;
  readonly parts: HostParts;
  readonly outcome: HostOutcome;
  readonly #tools: Tools;
  readonly #session: Session;

  constructor(host: Host, plays: readonly Play[], tools: Tools) {
    this.host = host;
    this.#tools = tools;
    this.#session = new Session(host, witnessed(tools), tools.signal);
    this.facts = new HostFacts(() => this.ask(tools.readFacts));
    this.parts = new HostParts(host, plays, this.facts, tools);
    this.outcome = new HostOutcome(this.parts);
  }

  ask<T>(question: (host: Reader) => Promise<T>): Promise<T> {
    return askHost(this.#session, this.#tools, question);
  }

  /** Looks at its own steps, and at those of visitors, whose findings it gives back. */
  async plan(visitors: readonly PreparedStep[]): Promise<readonly Finding[]> {
    const steps = await this.parts.steps();
    const { planned, visited } = await planHost(this.#session, steps, this.#tools.readTogether, visitors);
    this.outcome.plan(planned);
    return visited;
  }

  /** Applies what was planned for one play. A host with a blocked step is not touched at all. */
  async applyPlay(play: Play): Promise<readonly StepResult[]> {
    const mine = this.outcome.plannedOf(play);
    const leave = this.outcome.failed || mine.length === 0;
    const results = leave ? mine.map((each) => untouchedResult(each)) : await this.#apply(mine);
    this.outcome.apply(results);
    const { applied, failure } = this.outcome;
    const part = hostPart(this.host, applied, failure);
    this.#tools.listener({ type: 'host-waits', host: this.host.name, part });
    return results;
  }

  async #apply(mine: readonly PlannedStep[]): Promise<readonly StepResult[]> {
    this.#tools.listener({ type: 'host-started', host: this.host.name, doing: 'applying' });
    const { results, error } = await applyHost(this.#session, mine, this.#tools);
    if (error !== undefined) this.outcome.end(error);
    return results;
  }

  /** What the checks of the plays say here; undefined if that could not be told. */
  check(plays: readonly Play[], options: CheckOptions): Promise<readonly StepResult[] | undefined> {
    return this.guarded(() => runChecks(plays, this.host, this.#session, this.#tools, options));
  }

  /** One host's failure is its own: it becomes part of its outcome. */
  async guarded<T>(job: () => Promise<T>): Promise<T | undefined> {
    try {
      return await job();
    } catch (error) {
      this.outcome.end(error);
      return undefined;
    }
  }

  execs(): Promise<number> {
    return this.#session.execs();
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}
