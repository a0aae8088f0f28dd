import type { Host, HostResult, Play, StepResult } from '../model/index.ts';
import type { CheckOptions } from './checks/run-checks.ts';
import { hostResult } from './host/host-result.ts';
import { HostWork } from './host/host-work.ts';
import { HostTurn } from './rollout/host-turn.ts';
import type { Visit } from './rollout/left-open.ts';
import { plannedResult } from './step-result.ts';
import type { Tools } from './tools.ts';

/** One host through a run: its work, its turns in rollouts, and what is told of it. */
export class HostRun {
  readonly work: HostWork;
  /** Its turns in the plays that go from host to host. */
  readonly turns: readonly HostTurn[];
  readonly #plays: readonly Play[];
  readonly #tools: Tools;
  #checked: readonly StepResult[] = [];

  constructor(host: Host, plays: readonly Play[], tools: Tools) {
    this.#plays = plays;
    this.#tools = tools;
    this.work = new HostWork(host, plays, tools);
    this.turns = plays.flatMap((play) => HostTurn.in(play, this.work, tools) ?? []);
  }

  get host(): Host {
    return this.work.host;
  }

  /** Looks at its own steps, and at those that visit it for another host's turn. */
  async plan(visits: readonly Visit[] = []): Promise<HostResult> {
    this.#started('planning');
    await this.work.guarded(async () => {
      const visited = await this.work.plan(visits.map(({ step }) => step));
      for (const [at, finding] of visited.entries()) visits[at]?.take(finding);
      for (const turn of this.turns) await turn.plan();
    });
    return this.#finished(await this.plannedResult());
  }

  /** Again after all hosts have looked: a visit may have found what was left open here. */
  plannedResult(): Promise<HostResult> {
    const { planned } = this.work.outcome;
    return this.#result(planned.map(({ step, finding }) => plannedResult(step, finding)));
  }

  /** After all plays. */
  async applied(): Promise<HostResult> {
    return this.#finished(await this.#result(this.work.outcome.applied));
  }

  /** First `quiet`; then, if that shall be, the checks that it left out. */
  async verify(options: CheckOptions): Promise<HostResult> {
    this.#started('verifying');
    const results = await this.work.check(this.#plays, options);
    const before = this.#checked.filter(({ status }) => status !== 'skipped');
    if (results) this.#checked = [...before, ...results];
    return this.#finished(await this.#result(this.#checked));
  }

  #started(doing: 'planning' | 'verifying'): void {
    this.#tools.listener({ type: 'host-started', host: this.host.name, doing });
  }

  #finished(result: HostResult): HostResult {
    this.#tools.listener({ type: 'host-finished', host: this.host.name, result });
    return result;
  }

  async #result(steps: readonly StepResult[]): Promise<HostResult> {
    const rollouts = this.turns.map(({ result }) => result).filter((result) => result !== undefined);
    const { failure, notReached } = this.work.outcome;
    const more = notReached === undefined ? { rollouts } : { rollouts, notReached };
    return hostResult(this.host, steps, failure, await this.work.execs(), more);
  }
}
