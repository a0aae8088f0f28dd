import type {
  Host,
  HostFailure,
  HostPart,
  HostTurn,
  Listener,
  Play,
  RolledStep,
  RolloutResult,
  RunResult,
  StepResult,
} from '../model/index.ts';
import { hostFailure, hostPart, isUnreachable } from './host-result.ts';
import { isPending, isUnfinished, type PlannedCheck, type PlannedStep } from './planned-step.ts';
import { hasFailed, plannedHook, plannedResult, unreachedResult } from './step-result.ts';

type Result = StepResult | RolledStep;

/**
 * The plan as one list, and what has become of its lines so far. All that is decided by it or reported from it, such as whether a
 * host has failed, is computed from these.
 */
export class RunState {
  readonly #listener: Listener;
  readonly #plan = new Map<string, PlannedStep[]>();
  readonly #results = new Map<PlannedStep, Result>();
  readonly #checks = new Map<string, Map<PlannedCheck, StepResult>>();
  readonly #actedOn = new Set<string>();
  readonly #failures = new Map<string, HostFailure>();
  readonly #notReached = new Map<string, string>();
  readonly #rollouts = new Map<Play, RolloutResult>();
  #command: RunResult['command'] = 'plan';

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  begin(command: RunResult['command'], hosts: readonly Host[]): void {
    this.#command = command;
    if (command === 'verify') this.#checks.clear();
    this.#listener({ type: 'run-started', command, hosts: hosts.map(({ name }) => name) });
  }

  /** Adds lines to the plan; those of one host in the order in which they will run. */
  add(...steps: readonly PlannedStep[]): void {
    for (const step of steps) {
      const known = this.#plan.get(step.host.name);
      if (known) known.push(step);
      else this.#plan.set(step.host.name, [step]);
    }
  }

  /** Replaces a host's hooks after a change, once all hosts were looked at. */
  replaceAfter(host: Host, play: Play, steps: readonly PlannedStep[]): void {
    const others = (this.#plan.get(host.name) ?? []).filter(
      (step) => step.play !== play || step.phase !== 'after',
    );
    this.#plan.set(host.name, [...others, ...steps]);
  }

  /** Lines of the plan. */
  steps(host: Host, phase: PlannedStep['phase'], play?: Play): PlannedStep[] {
    const all = this.#plan.get(host.name) ?? [];
    return all.filter((step) => step.phase === phase && (play === undefined || step.play === play));
  }

  /** Work of a play on a host that can be done. */
  isDue(host: Host, play: Play): boolean {
    return !this.hasFailed(host) && this.steps(host, 'change', play).some(isPending);
  }

  hasUnfinishedCleanup(host: Host, play: Play): boolean {
    return this.steps(host, 'after', play).some(isUnfinished);
  }

  /** What has become of a step. */
  finish(step: PlannedStep, result: Result): void {
    this.#results.set(step, result);
    if (result.status === 'changed' || result.status === 'done') this.#actedOn.add(step.on.name);
    this.#listener({ type: 'step-finished', host: step.host.name, result });
  }

  /** A step that did not run; nothing is reported of it meanwhile. */
  leaveOut(step: PlannedStep, result: Result): void {
    this.#results.set(step, result);
  }

  /** What a check has found. */
  finishCheck(check: PlannedCheck, result: StepResult): void {
    const { name } = check.host;
    const ofHost = this.#checks.get(name) ?? new Map<PlannedCheck, StepResult>();
    this.#checks.set(name, ofHost.set(check, result));
    this.#listener({ type: 'step-finished', host: name, result });
  }

  /** Drops the results of skipped checks, before these run after all. Returns whether there were any. */
  dropSkippedChecks({ name }: Host): boolean {
    const ofHost = this.#checks.get(name) ?? new Map<PlannedCheck, StepResult>();
    const skipped = [...ofHost].filter(([, { status }]) => status === 'skipped');
    for (const [check] of skipped) ofHost.delete(check);
    return skipped.length > 0;
  }

  /** A play that is not applied on a host. */
  leaveOutPlay(host: Host, play: Play, note?: string): void {
    const left = this.steps(host, 'change', play).filter((step) => !this.#results.has(step));
    for (const step of left) this.leaveOut(step, unreachedResult(step, note));
  }

  /** A play that is not applied because a rollout has stopped: a host without work in it is as it should be. */
  notReached(host: Host, play: Play, why: string): void {
    if (this.isDue(host, play) && !this.#notReached.has(host.name)) this.#notReached.set(host.name, why);
    this.leaveOutPlay(host, play, `not reached: ${why}`);
  }

  /** What ended the work on a host. */
  fail(host: Host, error: unknown): void {
    this.#failures.set(host.name, hostFailure(error));
  }

  /** A failure beside the host's own work: what ended that says more. */
  failUnlessFailed(host: Host, failure: HostFailure): void {
    if (!this.#failures.has(host.name)) this.#failures.set(host.name, failure);
  }

  /** One host's failure is its own. */
  async guard<T>(host: Host, job: () => Promise<T>): Promise<T | undefined> {
    try {
      return await job();
    } catch (error) {
      this.fail(host, error);
      return undefined;
    }
  }

  /** The host itself: it cannot be worked on, or a step of it has failed. */
  hasFailed(host: Host): boolean {
    return (
      this.#failures.has(host.name) ||
      this.steps(host, 'change').some(
        (step) => step.finding.status === 'blocked' || this.#results.get(step)?.status === 'failed',
      )
    );
  }

  /** The host, its hooks, or its checks. */
  turnHasFailed(host: Host, play: Play): boolean {
    return this.hasFailed(host) || hasFailed(this.#turnResults(host, play));
  }

  isUnreachable(host: Host): boolean {
    const failure = this.#failures.get(host.name);
    return failure !== undefined && isUnreachable(failure);
  }

  /** Something was changed there in this run, by a step or by a hook of another host. */
  wasActedOn(host: Host): boolean {
    return this.#actedOn.has(host.name);
  }

  hasChanged(host: Host, play?: Play): boolean {
    return this.steps(host, 'change', play).some((step) => this.#results.get(step)?.status === 'changed');
  }

  resultOf(step: PlannedStep): Result | undefined {
    return this.#results.get(step);
  }

  setRollout(play: Play, result: RolloutResult | undefined): void {
    if (result) this.#rollouts.set(play, result);
    else this.#rollouts.delete(play);
  }

  get rollouts(): readonly RolloutResult[] {
    return [...this.#rollouts.values()];
  }

  /** What has become of a host so far. */
  part(host: Host): HostPart {
    const turns = [...new Set((this.#plan.get(host.name) ?? []).map(({ play }) => play))]
      .map((play) => this.#turn(host, play))
      .filter((turn) => turn.before.length + turn.after.length + turn.verify.length > 0);
    const notReached = this.#notReached.get(host.name);
    const more = notReached === undefined ? { rollouts: turns } : { rollouts: turns, notReached };
    return hostPart(host, this.#stepResults(host), this.#failures.get(host.name), more);
  }

  #stepResults(host: Host): StepResult[] {
    if (this.#command === 'verify') return this.#checkResults(host);
    return this.steps(host, 'change').flatMap((step) => {
      if (this.#command === 'plan') return [plannedResult(step.step, step.finding)];
      return (this.#results.get(step) as StepResult | undefined) ?? [];
    });
  }

  #turn(host: Host, play: Play): HostTurn {
    const hooks = (phase: 'before' | 'after') =>
      this.steps(host, phase, play).flatMap((step) => this.#hook(step));
    const verify = this.#command === 'apply' ? this.#checkResults(host, play) : [];
    return { play: play.name, before: hooks('before'), after: hooks('after'), verify };
  }

  /** Cleanup that is in order says nothing in plan; hooks that have not run say nothing in apply, unless they still have to. */
  #hook(hook: PlannedStep): RolledStep[] {
    const result = this.#results.get(hook) as RolledStep | undefined;
    if (result) return [result];
    const shown = isUnfinished(hook) || (this.#command === 'plan' && isPending(hook));
    return shown ? [plannedHook(hook)] : [];
  }

  #turnResults(host: Host, play: Play): Result[] {
    const { before, after, verify } = this.#turn(host, play);
    return [...before, ...after, ...verify];
  }

  #checkResults(host: Host, play?: Play): StepResult[] {
    const ofHost = [...(this.#checks.get(host.name) ?? [])];
    return ofHost.filter(([check]) => play === undefined || check.play === play).map(([, result]) => result);
  }
}
