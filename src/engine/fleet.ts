import type { Host, HostResult, Play, RolloutResult, RunResult } from '../model/index.ts';
import { concernedRuns, judgeTags } from './concerned-runs.ts';
import { concurrently } from './concurrently.ts';
import { HostRun } from './host-run.ts';
import type { Visit } from './rollout/left-open.ts';
import { PlayRollout } from './rollout/play-rollout.ts';
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
    for (const { work } of fleet.#all) await work.parts.prepare();
    if (tools.selection) fleet.#runs = concernedRuns(fleet.#all, tools.selection);
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
    if (this.#tools.selection) judgeTags(this.#all, this.#tools.selection);
    for (const rollout of this.#rollouts.values()) await rollout.plan();
    return Promise.all(this.#runs.map((run) => run.plannedResult()));
  }

  /** Applies what plan found. Where a rollout stops, the later plays are not begun either. */
  async apply(): Promise<HostResult[]> {
    this.#begin('apply');
    let stopped: string | undefined;
    for (const play of this.#plays) {
      if (stopped !== undefined) for (const { work } of this.#runs) work.outcome.leave(play, stopped);
      else stopped = await this.#applyPlay(play);
    }
    return this.#each((run) => run.applied());
  }

  /** How the plays go from host to host that do, where there is something to do. */
  get rollouts(): readonly RolloutResult[] {
    return [...this.#rollouts.values()].map(({ result }) => result).filter((result) => result !== undefined);
  }

  /** Runs the checks; those that disturb the site only if told so and all others hold, and one host at a time. */
  async verify(disturb = false): Promise<HostResult[]> {
    this.#begin('verify');
    const afterChange = this.#runs.some(({ work }) => work.outcome.hasChanged);
    const results = await this.#each((run) => run.verify({ which: 'quiet', afterChange }));
    for (const [index, run] of this.#runs.entries()) {
      if (!disturb || results.some(({ status }) => status !== 'ok')) break;
      if (results[index]?.steps.some(({ status }) => status === 'skipped'))
        results[index] = await run.verify({ which: 'disturbing' });
    }
    return results;
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(({ work }) => work.close()));
  }

  #begin(command: RunResult['command']): void {
    this.#tools.listener({ type: 'run-started', command, hosts: this.hosts.map(({ name }) => name) });
  }

  async #applyPlay(play: Play): Promise<string | undefined> {
    const rollout = this.#rollouts.get(play);
    await (rollout ? rollout.apply() : this.#each(({ work }) => work.applyPlay(play)));
    return rollout?.stopped;
  }

  #rolloutOf(play: Play): [Play, PlayRollout][] {
    const { rollout } = play;
    if (!rollout) return [];
    const turns = this.#all.flatMap((run) => run.turns).filter((turn) => turn.play === play);
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
