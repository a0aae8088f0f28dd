import type { Host, HostFailure, HostResult, PlannedStep, Play, StepResult } from '../model/index.ts';
import { applyHost } from './apply-host.ts';
import { runChecks, type Which } from './checks.ts';
import { expand, type Part } from './expand.ts';
import { hostFailure, hostResult } from './host-result.ts';
import { planHost } from './plan-host.ts';
import { Session } from './session.ts';
import { failedResult, plannedResult, stepResult } from './step-result.ts';
import type { Tools } from './tools.ts';

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

  constructor(host: Host, plays: readonly Play[], tools: Tools) {
    this.host = host;
    this.#plays = plays;
    this.#tools = tools;
    this.#session = new Session(host, tools.connect, tools.signal);
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

  async plan(): Promise<HostResult> {
    this.#tools.listener({ type: 'host-started', host: this.host.name, doing: 'planning' });
    await this.#guarded(async () => {
      this.#parts ??= await this.#expandWithFacts();
      const steps = this.#parts.flatMap((part) => part.steps);
      this.#planned = await planHost(this.#session, steps, this.#tools.readTogether);
    });
    return this.#finish(this.#planned.map(({ step, finding }) => plannedResult(step, finding)));
  }

  /** Applies what was planned for one play. A host with a blocked step is not touched at all. */
  async applyPlay(play: Play): Promise<void> {
    const mine = this.#plannedOf(play);
    if (mine.length === 0) return;
    if (this.#failure || this.#stopped) this.#applied.push(...mine.map(untouched));
    else await this.#applySteps(mine);
  }

  async #applySteps(mine: readonly PlannedStep[]): Promise<void> {
    this.#tools.listener({ type: 'host-started', host: this.host.name, doing: 'applying' });
    const { results, error } = await applyHost(this.#session, mine, this.#tools);
    this.#applied.push(...results);
    if (error !== undefined) this.#failure = hostFailure(error);
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
    const { readTogether, readFacts, project, selection } = this.#tools;
    const { results } = await this.#session.again((remote) => readTogether(remote, [readFacts]));
    const facts = results[0];
    if (facts?.status !== 'fulfilled') throw facts?.reason;
    const parts = await expand(this.#plays, this.host, project, facts.value, selection);
    if (!parts) throw new Error('facts asked for twice');
    return parts;
  }

  /** One host's failure is its own: it becomes part of its result. */
  async #guarded(job: () => Promise<void>): Promise<void> {
    try {
      await job();
    } catch (error) {
      this.#failure = hostFailure(error);
    }
  }

  async #finish(steps: readonly StepResult[]): Promise<HostResult> {
    const result = hostResult(this.host, steps, this.#failure, await this.#session.execs());
    this.#tools.listener({ type: 'host-finished', host: this.host.name, result });
    return result;
  }
}

function untouched({ step, finding }: PlannedStep): StepResult {
  if (finding.status === 'blocked')
    return failedResult(step, { message: finding.reason, advice: finding.advice });
  return stepResult(step, finding.status === 'ok' ? 'ok' : 'skipped');
}
