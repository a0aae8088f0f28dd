import {
  type Facts,
  FactsNeeded,
  type Finding,
  type Host,
  type HostFailure,
  type HostResult,
  type PlannedStep,
  type Play,
  type PreparedStep,
  type Reader,
  type StepResult,
} from '../model/index.ts';
import { applyHost } from './apply-host.ts';
import { runChecks, type Which } from './checks.ts';
import type { PreparedErrand } from './errands.ts';
import { expand, type Part } from './expand.ts';
import { hostFailure, hostResult } from './host-result.ts';
import type { HostTurn } from './host-turn.ts';
import { planHost } from './plan-host.ts';
import { Session } from './session.ts';
import { failedResult, plannedResult, stepResult } from './step-result.ts';
import type { Tools } from './tools.ts';
import { witnessed } from './witness.ts';

/** An errand of another host's turn that is looked at along with a host's own steps. */
export interface Visit {
  /** The host that it is made at. */
  readonly to: string;
  readonly step: PreparedStep;
  take(finding: Finding): void;
}

/** One host through a run: its connection, what is planned for it, and what became of that. */
export class HostRun {
  readonly host: Host;
  readonly #plays: readonly Play[];
  readonly #tools: Tools;
  readonly #session: Session;
  #parts: readonly Part[] | undefined;
  #planned: readonly PlannedStep[] = [];
  #applied: StepResult[] = [];
  #checked: readonly StepResult[] = [];
  #failure: HostFailure | undefined;
  #facts: Facts | undefined;
  #notReached: string | undefined;
  /** Its turns in the plays that go from host to host. */
  readonly turns: HostTurn[] = [];

  constructor(host: Host, plays: readonly Play[], tools: Tools) {
    this.host = host;
    this.#plays = plays;
    this.#tools = tools;
    this.#session = new Session(host, witnessed(tools), tools.signal);
  }

  /** Everything that can be found wrong without the host. */
  async prepare(): Promise<void> {
    const { project, selection } = this.#tools;
    this.#parts = await expand(this.#plays, this.host, project, undefined, selection);
  }

  /** The tags of all its steps; undefined while they are not known, because they depend on facts. */
  get tags(): readonly string[] | undefined {
    return this.#parts?.flatMap(({ tags }) => tags);
  }

  /** Whether it has, or may have, a selected step. */
  get isConcerned(): boolean {
    return this.#parts?.some(({ steps }) => steps.length > 0) ?? true;
  }

  /** Looks at its own steps, and at those that visit it for another host's turn. */
  async plan(visits: readonly Visit[] = []): Promise<HostResult> {
    this.#tools.listener({ type: 'host-started', host: this.host.name, doing: 'planning' });
    await this.#guarded(async () => {
      this.#parts ??= await this.#expandWithFacts();
      const steps = this.#parts.flatMap((part) => part.steps);
      const visitors = visits.map(({ step }) => step);
      const { planned, visited } = await planHost(this.#session, steps, this.#tools.readTogether, visitors);
      this.#planned = planned;
      for (const [at, finding] of visited.entries()) visits[at]?.take(finding);
      for (const turn of this.turns)
        await this.#withFacts((facts) => turn.plan(this.#plannedOf(turn.play), facts));
    });
    return this.#finish(this.#plannedResults);
  }

  /** The same again, after all hosts have looked: a visit may have found what was left open here. */
  async plannedResult(): Promise<HostResult> {
    return this.#result(this.#plannedResults);
  }

  get #plannedResults(): StepResult[] {
    return this.#planned.map(({ step, finding }) => plannedResult(step, finding));
  }

  /** What runs after its change in a play, as far as that is known before it was looked at. */
  errandsAfter(play: Play): readonly PreparedErrand[] {
    return this.#parts?.find((part) => part.play === play)?.after ?? [];
  }

  /** Whether a play has something to do here that can be done. */
  isPending(play: Play): boolean {
    return !this.failed && this.#plannedOf(play).some(({ finding: { status } }) => status !== 'ok');
  }

  get failed(): boolean {
    return this.#failure !== undefined || this.#stopped;
  }

  /** There is no way to it any more. */
  get isAway(): boolean {
    return this.#failure?.kind === 'unreachable' || this.#failure?.kind === 'host-key';
  }

  get facts(): Facts | undefined {
    return this.#facts;
  }

  fail(failure: HostFailure): void {
    this.#failure ??= failure;
  }

  async ask<T>(question: (host: Reader) => Promise<T>): Promise<T> {
    const { results } = await this.#session.again((remote) => this.#tools.readTogether(remote, [question]));
    const answer = results[0];
    if (answer?.status !== 'fulfilled') throw answer?.reason;
    return answer.value;
  }

  async check(play: Play): Promise<readonly StepResult[]> {
    const results: StepResult[] = [];
    await this.#guarded(async () => {
      results.push(...(await runChecks([play], this.host, this.#session, this.#tools)));
    });
    return results;
  }

  /** Applies what was planned for one play. A host with a blocked step is not touched at all. */
  async applyPlay(play: Play): Promise<readonly StepResult[]> {
    const mine = this.#plannedOf(play);
    if (mine.length === 0) return [];
    const results = this.failed ? mine.map((planned) => untouched(planned)) : await this.#applySteps(mine);
    this.#applied.push(...results);
    return results;
  }

  /** Leaves a play undone here because a rollout has stopped; where there was nothing to do, that is all the same. */
  leave(play: Play, why: string): void {
    if (this.isPending(play)) this.#notReached ??= why;
    this.skip(play, `not reached: ${why}`);
  }

  /** Leaves a play undone here. */
  skip(play: Play, note: string): void {
    this.#applied.push(...this.#plannedOf(play).map((planned) => untouched(planned, note)));
  }

  async #applySteps(mine: readonly PlannedStep[]): Promise<readonly StepResult[]> {
    this.#tools.listener({ type: 'host-started', host: this.host.name, doing: 'applying' });
    const { results, error } = await applyHost(this.#session, mine, this.#tools);
    if (error !== undefined) this.#failure = hostFailure(error);
    this.#tools.listener({ type: 'host-waits', host: this.host.name });
    return results;
  }

  finishApply(): Promise<HostResult> {
    return this.#finish(this.#applied);
  }

  /** First `quiet`; then, if that shall be, the checks that it left out. */
  async verify(which: Which): Promise<HostResult> {
    this.#tools.listener({ type: 'host-started', host: this.host.name, doing: 'verifying' });
    const before = this.#checked.filter(({ status }) => status !== 'skipped');
    await this.#guarded(async () => {
      const results = await runChecks(this.#plays, this.host, this.#session, this.#tools, which);
      this.#checked = [...before, ...results];
    });
    return this.#finish(this.#checked);
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  get #stopped(): boolean {
    const blocked = this.#planned.some(({ finding }) => finding.status === 'blocked');
    return blocked || this.#applied.some(({ status }) => status === 'failed');
  }

  #plannedOf(play: Play): PlannedStep[] {
    const steps = new Set(this.#parts?.find((part) => part.play === play)?.steps);
    return this.#planned.filter(({ step }) => steps.has(step));
  }

  async #expandWithFacts(): Promise<Part[]> {
    const { readFacts, project, selection } = this.#tools;
    this.#facts ??= await this.ask(readFacts);
    const parts = await expand(this.#plays, this.host, project, this.#facts, selection);
    if (!parts) throw new Error('facts asked for twice');
    return parts;
  }

  async #withFacts(job: (facts: Facts | undefined) => Promise<void>): Promise<void> {
    try {
      await job(this.#facts);
    } catch (error) {
      if (!(error instanceof FactsNeeded) || this.#facts) throw error;
      this.#facts = await this.ask(this.#tools.readFacts);
      await job(this.#facts);
    }
  }

  /** One host's failure is its own: it becomes part of its result. */
  async #guarded(job: () => Promise<void>): Promise<void> {
    try {
      await job();
    } catch (error) {
      this.#failure = hostFailure(error);
    }
  }

  async #result(steps: readonly StepResult[]): Promise<HostResult> {
    const rollouts = this.turns.map(({ result }) => result).filter((result) => result !== undefined);
    const notReached = this.#notReached;
    const more = notReached === undefined ? { rollouts } : { rollouts, notReached };
    return hostResult(this.host, steps, this.#failure, await this.#session.execs(), more);
  }

  async #finish(steps: readonly StepResult[]): Promise<HostResult> {
    const result = await this.#result(steps);
    this.#tools.listener({ type: 'host-finished', host: this.host.name, result });
    return result;
  }
}

function untouched({ step, finding }: PlannedStep, note?: string): StepResult {
  if (finding.status === 'blocked')
    return failedResult(step, { message: finding.reason, advice: finding.advice });
  if (finding.status === 'ok') return stepResult(step, 'ok');
  return { ...stepResult(step, 'skipped'), ...(note === undefined ? {} : { note }) };
}
