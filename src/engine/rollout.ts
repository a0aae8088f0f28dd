import type { Host, Play, Rollout, RolloutResult } from '../model/index.ts';
import { applyPlay } from './apply-play.ts';
import { allBatches, allowedToFail, batchSize, nextBatch } from './batches.ts';
import { concurrently } from './concurrently.ts';
import { runAfter, runBefore } from './hooks.ts';
import type { HostPlays } from './host-plays.ts';
import { type LastHost, lastHost } from './last-host.ts';
import { runChecks } from './run-checks.ts';
import type { RunContext } from './run-context.ts';
import type { RunState } from './run-state.ts';
import { hasFailed } from './step-result.ts';

/** A play that goes through its hosts in batches, and stops where going on could do harm: a sort and a gate over the plan. */
export class PlayRollout {
  readonly #play: Play;
  readonly #rollout: Rollout;
  readonly #hosts: readonly HostPlays[];
  readonly #context: RunContext;
  readonly #state: RunState;
  #batches: string[][] = [];
  #last: LastHost = {};
  #stopped: string | undefined;
  #notReached: readonly string[] = [];

  constructor(
    play: Play,
    rollout: Rollout,
    hosts: readonly HostPlays[],
    context: RunContext,
    state: RunState,
  ) {
    this.#play = play;
    this.#rollout = rollout;
    this.#hosts = hosts.filter(({ plays }) => plays.includes(play));
    this.#context = context;
    this.#state = state;
  }

  /** The order that apply would take, as things are now. */
  async plan(): Promise<void> {
    const waiting = namesOf(this.#due());
    if (waiting.length === 0) return;
    const { problem } = await this.#askLast();
    this.#batches = allBatches(waiting, this.#rollout.serial, this.#hosts.length, this.#last.host);
    this.#stopped = this.#tooManyFailed() ?? problem;
    this.#report();
  }

  /** Changes the hosts batch by batch. Returns why it stopped before its end, or after its last batch. */
  async apply(): Promise<string | undefined> {
    const due = this.#due();
    this.#batches = [];
    this.#stopped = undefined;
    for (const { host } of this.#hosts) if (!due.includes(host)) await this.#applyTo(host);
    await this.#finishCleanup(due);
    for (let waiting = due; waiting.length > 0; ) {
      this.#stopped ??= this.#tooManyFailed() ?? (await this.#lastProblem());
      if (this.#stopped !== undefined) {
        this.#leave(waiting, this.#stopped);
        break;
      }
      const batch = this.#nextBatch(waiting);
      waiting = waiting.filter((host) => !batch.includes(host));
      const { name } = this.#play;
      this.#context.listener({ type: 'batch-started', play: name, hosts: namesOf(batch) });
      await concurrently(batch, this.#context.forks, (host) => this.#change(host));
      this.#stopped = (await this.#failedChecks(batch)) ?? this.#tooManyFailed();
    }
    this.#report();
    return this.#stopped && `the rollout of ${this.#play.name} stopped: ${this.#stopped}`;
  }

  /** Hosts with something to do. Those that an earlier run left open come first: with another one it could be one too many. */
  #due(): Host[] {
    const due = this.#hosts.map(({ host }) => host).filter((host) => this.#state.isDue(host, this.#play));
    const isOpen = (host: Host) => this.#state.hasUnfinishedCleanup(host, this.#play);
    return [...due.filter(isOpen), ...due.filter((host) => !isOpen(host))];
  }

  async #finishCleanup(due: readonly Host[]): Promise<void> {
    const open = this.#hosts
      .map(({ host }) => host)
      .filter((host) => this.#state.hasUnfinishedCleanup(host, this.#play))
      .filter((host) => !due.includes(host) && !this.#state.turnHasFailed(host, this.#play));
    await concurrently(open, this.#context.forks, (host) => this.#runAfter(host));
  }

  /** What was opened before the change is closed after it, however that went: also after Ctrl-C. */
  async #change(host: Host): Promise<void> {
    const before = this.#state.steps(host, 'before', this.#play);
    const failed = await runBefore(before, this.#context, this.#state);
    if (failed) {
      const { step, on } = failed;
      const why = `not changed: ${step.kind} ${step.name} on ${on.name} failed before it`;
      this.#state.leaveOutPlay(host, this.#play, why);
    } else await this.#applyTo(host);
    await this.#runAfter(host);
  }

  #applyTo(host: Host): Promise<void> {
    return applyPlay(host, this.#play, this.#context, this.#state);
  }

  #runAfter(host: Host): Promise<void> {
    return runAfter(this.#state.steps(host, 'after', this.#play), this.#context, this.#state);
  }

  #leave(waiting: readonly Host[], why: string): void {
    this.#notReached = namesOf(waiting);
    for (const host of waiting) this.#state.notReached(host, this.#play, `the rollout stopped: ${why}`);
  }

  /** The last host is asked for anew before each batch: it may have moved. */
  #nextBatch(waiting: readonly Host[]): Host[] {
    const size = batchSize(this.#rollout.serial, this.#batches.length, this.#hosts.length);
    const names = nextBatch(namesOf(waiting), size, this.#last.host);
    this.#batches.push(names);
    return waiting.filter(({ name }) => names.includes(name));
  }

  async #askLast(): Promise<LastHost> {
    const reachable = this.#hosts.filter(({ host }) => !this.#state.isUnreachable(host));
    const facts = new Map(reachable.map((plays) => [plays.host, plays.facts]));
    const probeOf = (host: Host) => this.#rollout.last(host, facts.get(host));
    this.#last = await lastHost([...facts.keys()], probeOf, this.#context.sessions);
    return this.#last;
  }

  async #lastProblem(): Promise<string | undefined> {
    const { problem, failures } = await this.#askLast();
    for (const [host, failure] of failures ?? []) this.#state.failUnlessFailed(host, failure);
    return problem;
  }

  #tooManyFailed(): string | undefined {
    if (this.#context.signal.aborted) return 'interrupted';
    const hosts = this.#hosts.map(({ host }) => host);
    const failed = namesOf(hosts.filter((host) => this.#state.turnHasFailed(host, this.#play)));
    const allowed = allowedToFail(this.#rollout.maxFail, this.#hosts.length);
    if (failed.length <= allowed) return undefined;
    const more = failed.length > 1 ? 's' : '';
    return `${failed.join(', ')} failed, ${failed.length} host${more} where maxFail allows ${allowed}`;
  }

  /** Only what has changed is checked, and only where no failure has said enough. */
  async #failedChecks(batch: readonly Host[]): Promise<string | undefined> {
    if (this.#context.signal.aborted) return undefined;
    const changed = batch.filter(
      (host) => this.#state.hasChanged(host, this.#play) && !this.#state.turnHasFailed(host, this.#play),
    );
    const options = { which: 'quiet', afterChange: true } as const;
    const results = await concurrently(changed, this.#context.forks, (host) =>
      this.#state.guard(host, () => runChecks(host, [this.#play], options, this.#context, this.#state)),
    );
    const bad = namesOf(changed.filter((_, index) => hasFailed(results[index] ?? [{ status: 'failed' }])));
    return bad.length > 0 ? `the play's checks do not hold on ${bad.join(', ')}` : undefined;
  }

  #report(): void {
    const { host, holds } = this.#last;
    const isLast = host !== undefined && holds !== undefined && this.#batches.flat().includes(host);
    const result: RolloutResult = {
      play: this.#play.name,
      batches: this.#batches,
      last: isLast ? { host, holds } : undefined,
      stopped: this.#stopped,
      notReached: this.#notReached,
    };
    const isEmpty = this.#batches.length === 0 && this.#stopped === undefined;
    this.#state.setRollout(this.#play, isEmpty ? undefined : result);
  }
}

function namesOf(hosts: readonly Host[]): string[] {
  return hosts.map(({ name }) => name);
}
