import type { Host, HostResult, Play } from '../model/index.ts';
import { concurrently } from './concurrently.ts';
import { HostRun } from './host-run.ts';
import type { Tools } from './tools.ts';

/** All hosts of a run, side by side; the plays of an apply one after the other. */
export class Fleet {
  readonly #plays: readonly Play[];
  readonly #tools: Tools;
  readonly #runs: readonly HostRun[];

  private constructor(plays: readonly Play[], tools: Tools) {
    this.#plays = plays;
    this.#tools = tools;
    this.#runs = hostsOf(plays).map((host) => new HostRun(host, plays, tools));
  }

  /** Refuses bad input before the first connection. */
  static async open(plays: readonly Play[], tools: Tools): Promise<Fleet> {
    const fleet = new Fleet(plays, tools);
    for (const run of fleet.#runs) await run.prepare();
    return fleet;
  }

  get hosts(): readonly Host[] {
    return this.#runs.map(({ host }) => host);
  }

  /** Looks at every host; touches nothing. */
  plan(): Promise<HostResult[]> {
    return this.#each((run) => run.plan());
  }

  /** Applies what plan found. */
  async apply(): Promise<HostResult[]> {
    for (const play of this.#plays) await this.#each((run) => run.applyPlay(play));
    return this.#each((run) => run.finishApply());
  }

  verify(): Promise<HostResult[]> {
    return this.#each((run) => run.verify());
  }

  async close(): Promise<void> {
    await Promise.all(this.#runs.map((run) => run.close()));
  }

  #each<Result>(job: (run: HostRun) => Promise<Result>): Promise<Result[]> {
    return concurrently(this.#runs, this.#tools.forks, job);
  }
}

function hostsOf(plays: readonly Play[]): Host[] {
  const byName = new Map(plays.flatMap((play) => play.hosts.map((host) => [host.name, host] as const)));
  return [...byName.values()];
}
