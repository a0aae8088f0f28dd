import type { Host, HostResult, Play, RolloutResult } from '../model/index.ts';
import { applyPlay } from './apply-play.ts';
import { concurrently } from './concurrently.ts';
import { HostPlays } from './host-plays.ts';
import { planHosts } from './plan-hosts.ts';
import { PlayRollout } from './rollout.ts';
import { type CheckOptions, runChecks } from './run-checks.ts';
import type { RunContext } from './run-context.ts';
import { RunState } from './run-state.ts';
import { checkTagsAfterPlan, hostsWithSelectedSteps } from './tag-selection.ts';

/** A run from start to end: prepare, plan, apply, verify. Whoever made the sessions closes them. */
export class Run {
  readonly #context: RunContext;
  readonly #plays: readonly Play[];
  readonly #all: readonly HostPlays[];
  /** Those that have, or may have, a selected step. */
  readonly #selected: readonly HostPlays[];
  readonly #state: RunState;
  readonly #rollouts: ReadonlyMap<Play, PlayRollout>;

  private constructor(plays: readonly Play[], all: readonly HostPlays[], context: RunContext) {
    this.#context = context;
    this.#plays = plays;
    this.#all = all;
    this.#selected = context.selection ? hostsWithSelectedSteps(all, context.selection) : all;
    this.#state = new RunState(context.listener);
    this.#rollouts = new Map(
      plays.flatMap((play) =>
        play.rollout ? [[play, new PlayRollout(play, play.rollout, all, context, this.#state)]] : [],
      ),
    );
  }

  /** Refuses bad input before the first connection. */
  static async prepare(plays: readonly Play[], context: RunContext): Promise<Run> {
    const hosts = new Map(plays.flatMap((play) => play.hosts.map((host) => [host.name, host] as const)));
    const all = [...hosts.values()].map((host) => {
      const readFacts = () => context.sessions.of(host).ask(context.readFacts);
      return new HostPlays(host, plays, context, readFacts);
    });
    for (const plays of all) await plays.prepare();
    return new Run(plays, all, context);
  }

  get hosts(): readonly Host[] {
    return this.#selected.map(({ host }) => host);
  }

  /** How plays went, or will go, through their hosts. */
  get rollouts(): readonly RolloutResult[] {
    return this.#state.rollouts;
  }

  /** Looks at every host; changes nothing. */
  async plan(): Promise<HostResult[]> {
    this.#state.begin('plan', this.hosts);
    await planHosts(this.#selected, this.#context, this.#state);
    if (this.#context.selection) checkTagsAfterPlan(this.#all, this.#context.selection);
    for (const rollout of this.#rollouts.values()) await rollout.plan();
    return this.#results();
  }

  /** Applies what was planned, one play after the other. Where a rollout stops, the later plays are not begun. */
  async apply(): Promise<HostResult[]> {
    this.#state.begin('apply', this.hosts);
    let stopped: string | undefined;
    for (const play of this.#plays) {
      if (stopped === undefined) stopped = await this.#applyPlay(play);
      else for (const { host } of this.#all) this.#state.notReached(host, play, stopped);
    }
    for (const { host } of this.#selected) this.#finished(host);
    return this.#results();
  }

  /** Runs the checks. `disturb`: also those that disturb the site, once all others hold, and on one host at a time. */
  async verify(disturb = false): Promise<HostResult[]> {
    const afterChange = this.hosts.some((host) => this.#state.hasChanged(host));
    this.#state.begin('verify', this.hosts);
    const options = { which: 'quiet', afterChange } as const;
    await concurrently(this.#selected, this.#context.forks, (plays) => this.#check(plays, options));
    for (const plays of disturb ? this.#selected : []) {
      if (this.#results().some(({ status }) => status !== 'ok')) break;
      if (this.#state.dropSkippedChecks(plays.host)) await this.#check(plays, { which: 'disturbing' });
    }
    return this.#results();
  }

  async #applyPlay(play: Play): Promise<string | undefined> {
    const rollout = this.#rollouts.get(play);
    if (rollout) return rollout.apply();
    const hosts = this.#selected.filter(({ plays }) => plays.includes(play));
    await concurrently(hosts, this.#context.forks, ({ host }) =>
      applyPlay(host, play, this.#context, this.#state),
    );
    return undefined;
  }

  async #check({ host, plays }: HostPlays, options: CheckOptions): Promise<void> {
    this.#context.listener({ type: 'host-started', host: host.name, doing: 'verifying' });
    await this.#state.guard(host, () => runChecks(host, plays, options, this.#context, this.#state));
    this.#finished(host);
  }

  #finished(host: Host): void {
    this.#context.listener({ type: 'host-finished', host: host.name, result: this.#result(host) });
  }

  #results(): HostResult[] {
    return this.hosts.map((host) => this.#result(host));
  }

  #result(host: Host): HostResult {
    return { ...this.#state.part(host), execs: this.#context.sessions.execs(host) };
  }
}
