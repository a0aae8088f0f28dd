import type { Host, HostResult, Play, RolloutResult, RunResult } from '../model/index.ts';
import { concurrently } from './concurrently.ts';
import { HostRun, type Visit } from './host-run.ts';
import { HostTurn } from './host-turn.ts';
import { PlayRollout } from './play-rollout.ts';
import { nothingSelected, refuseUnknownTags, type TagSelection } from './select-steps.ts';
import type { Tools } from './tools.ts';

/** All hosts of a run, side by side; the plays of an apply one after the other. */
export class Fleet {
  readonly #plays: readonly Play[];
  readonly #tools: Tools;
  readonly #all: readonly HostRun[];
  /** Those that have, or may have, a selected step. */
  #runs: readonly HostRun[];
  readonly #rollouts: ReadonlyMap<Play, PlayRollout>;

  private constructor(plays: readonly Play[], tools: Tools) {
    this.#plays = plays;
    this.#tools = tools;
    this.#all = hostsOf(plays).map((host) => new HostRun(host, plays, tools));
    this.#runs = this.#all;
    this.#rollouts = new Map(plays.flatMap((play) => this.#rolloutOf(play)));
  }

  /** Refuses bad input before the first connection. */
  static async open(plays: readonly Play[], tools: Tools): Promise<Fleet> {
    const fleet = new Fleet(plays, tools);
    for (const run of fleet.#all) await run.prepare();
    if (tools.selection) fleet.#select(tools.selection);
    return fleet;
  }

  get hosts(): readonly Host[] {
    return this.#runs.map(({ host }) => host);
  }

  /** Looks at every host; touches nothing. */
  async plan(): Promise<HostResult[]> {
    this.#begin('plan');
    const visits = this.#visits();
    await this.#each((run) => run.plan(visits.get(run)));
    if (this.#tools.selection) this.#judgeTags(this.#tools.selection);
    for (const rollout of this.#rollouts.values()) await rollout.plan();
    return Promise.all(this.#runs.map((run) => run.plannedResult()));
  }

  /** Applies what plan found. Where a rollout stops, the later plays are not begun either. */
  async apply(): Promise<HostResult[]> {
    this.#begin('apply');
    let stopped: string | undefined;
    for (const play of this.#plays) {
      if (stopped !== undefined) for (const run of this.#runs) run.leave(play, stopped);
      else stopped = await this.#applyPlay(play);
    }
    return this.#each((run) => run.finishApply());
  }

  /** How the plays go from host to host that do, where there is something to do. */
  get rollouts(): readonly RolloutResult[] {
    return [...this.#rollouts.values()].map(({ result }) => result).filter((result) => result !== undefined);
  }

  /** Runs the checks; those that disturb the site only if told so and all others hold, and one host at a time. */
  async verify(disturb = false): Promise<HostResult[]> {
    this.#begin('verify');
    const results = await this.#each((run) => run.verify('quiet'));
    for (const [index, run] of this.#runs.entries()) {
      if (!disturb || results.some(({ status }) => status !== 'ok')) break;
      if (results[index]?.steps.some(({ status }) => status === 'skipped'))
        results[index] = await run.verify('disturbing');
    }
    return results;
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((run) => run.close()));
  }

  #begin(command: RunResult['command']): void {
    this.#tools.listener({ type: 'run-started', command, hosts: this.hosts.map(({ name }) => name) });
  }

  /** Hosts without a selected step are left alone. Steps that depend on facts show their tags only in plan. */
  #select(selection: TagSelection): void {
    if (this.#all.every(({ tags }) => tags !== undefined)) refuseUnknownTags(this.#tags, selection);
    this.#runs = this.#all.filter(({ isConcerned }) => isConcerned);
    if (this.#runs.length === 0) throw nothingSelected(selection);
  }

  /** A host that could not be asked may have the steps of --tags; with a misspelt --skip-tags nothing may run. */
  #judgeTags({ tags, skipTags }: TagSelection): void {
    const known = this.#all.filter((run) => run.tags !== undefined);
    if (known.length === 0) return;
    refuseUnknownTags(this.#tags, { tags: known.length === this.#all.length ? tags : [], skipTags });
  }

  get #tags(): ReadonlySet<string> {
    return new Set(this.#all.flatMap(({ tags }) => tags ?? []));
  }

  async #applyPlay(play: Play): Promise<string | undefined> {
    const rollout = this.#rollouts.get(play);
    await (rollout ? rollout.apply() : this.#each((run) => run.applyPlay(play)));
    return rollout?.stopped;
  }

  #rolloutOf(play: Play): [Play, PlayRollout][] {
    const { rollout } = play;
    if (!rollout) return [];
    const mine = this.#all.filter(({ host }) => play.hosts.some(({ name }) => name === host.name));
    const turns = mine.map((run) => new HostTurn(run, play, rollout, this.#tools));
    for (const turn of turns) turn.run.turns.push(turn);
    return [[play, new PlayRollout(play.name, rollout, turns, this.#tools)]];
  }

  /** What stands open since an earlier rollout is seen in the look that is made anyway, at hosts of this run only. */
  #visits(): Map<HostRun, Visit[]> {
    const turns = this.#tools.selection ? [] : this.#all.flatMap((run) => run.turns);
    const visits = turns.flatMap((turn) => turn.visits());
    return new Map(this.#runs.map((run) => [run, visits.filter(({ to }) => to === run.host.name)]));
  }

  #each<Result>(job: (run: HostRun) => Promise<Result>): Promise<Result[]> {
    return concurrently(this.#runs, this.#tools.forks, job);
  }
}

function hostsOf(plays: readonly Play[]): Host[] {
  const byName = new Map(plays.flatMap((play) => play.hosts.map((host) => [host.name, host] as const)));
  return [...byName.values()];
}
