import type { Rollout, RolloutResult } from '../../model/index.ts';
import { concurrently } from '../concurrently.ts';
import type { Tools } from '../tools.ts';
import { allowedToFail } from './batches.ts';
import { type ErrandPools, withErrandPools } from './errand-pools.ts';
import type { HostTurn } from './host-turn.ts';
import { namesOf, RolloutOrder } from './rollout-order.ts';

/** A play that goes from host to host, batch by batch, and stops where going on could do harm. */
export class PlayRollout {
  readonly #play: string;
  readonly #rollout: Rollout;
  readonly #turns: readonly HostTurn[];
  readonly #order: RolloutOrder;
  readonly #tools: Tools;
  #stopped: string | undefined;
  #notReached: readonly string[] = [];

  constructor(play: string, rollout: Rollout, turns: readonly HostTurn[], tools: Tools) {
    this.#play = play;
    this.#rollout = rollout;
    this.#turns = turns;
    this.#order = new RolloutOrder(turns, rollout.serial);
    this.#tools = tools;
  }

  /** Why it has not gone to its end, for what would come after it. */
  get stopped(): string | undefined {
    return this.#stopped && `the rollout of ${this.#play} stopped: ${this.#stopped}`;
  }

  get result(): RolloutResult | undefined {
    const { batches, last } = this.#order;
    if (batches.length === 0 && this.#stopped === undefined) return undefined;
    return { play: this.#play, batches, last, stopped: this.#stopped, notReached: this.#notReached };
  }

  /** The order that apply would take, as things are now. */
  async plan(): Promise<void> {
    const waiting = this.#waiting();
    if (waiting.length === 0) return;
    const { problem } = await this.#order.askWhoIsLast();
    this.#order.foresee(waiting);
    this.#stopped = this.#tooManyFailed() ?? problem;
  }

  async apply(): Promise<void> {
    const waiting = this.#waiting();
    this.#order.begin();
    this.#stopped = undefined;
    const others = this.#turns.filter((turn) => !waiting.includes(turn));
    for (const { work, play } of others) await work.applyPlay(play);
    await withErrandPools(this.#tools, async (pools) => {
      await this.#closeWhatWasLeft(pools);
      await this.#changeAll(waiting, pools);
    });
  }

  /** Those left open by an earlier run first: while they are, another one could be one too many. */
  #waiting(): HostTurn[] {
    const due = this.#turns.filter(({ isDue }) => isDue);
    return [...due.filter(({ isLeftOpen }) => isLeftOpen), ...due.filter(({ isLeftOpen }) => !isLeftOpen)];
  }

  async #closeWhatWasLeft(pools: ErrandPools): Promise<void> {
    const left = this.#turns.filter((turn) => turn.isLeftOpen && !turn.isDue && !turn.failed);
    await concurrently(left, this.#tools.forks, (turn) => turn.close(pools));
  }

  /** Also the last batch can be the one at which it stops: what comes after this play is not begun then. */
  async #changeAll(due: readonly HostTurn[], pools: ErrandPools): Promise<void> {
    let waiting = due;
    while (waiting.length > 0) {
      this.#stopped ??= this.#enough() ?? (await this.#nobodyKnowsLast());
      if (this.#stopped !== undefined) return this.#leave(waiting, this.#stopped);
      const batch = this.#order.next(waiting);
      waiting = waiting.filter((turn) => !batch.includes(turn));
      await this.#change(batch, pools);
      this.#stopped = (await this.#checksFail(batch)) ?? this.#enough();
    }
  }

  async #change(batch: readonly HostTurn[], pools: ErrandPools): Promise<void> {
    this.#tools.listener({ type: 'batch-started', play: this.#play, hosts: namesOf(batch) });
    await concurrently(batch, this.#tools.forks, (turn) => turn.change(pools));
  }

  #leave(waiting: readonly HostTurn[], why: string): void {
    this.#notReached = namesOf(waiting);
    for (const turn of waiting) turn.leave(`the rollout stopped: ${why}`);
  }

  /** Why the next batch must not begin. */
  #enough(): string | undefined {
    return this.#tools.signal.aborted ? 'interrupted' : this.#tooManyFailed();
  }

  #tooManyFailed(): string | undefined {
    const failed = namesOf(this.#turns.filter((turn) => turn.failed));
    const allowed = allowedToFail(this.#rollout.maxFail, this.#turns.length);
    if (failed.length <= allowed) return undefined;
    const more = failed.length > 1 ? 's' : '';
    return `${failed.join(', ')} failed, ${failed.length} host${more} where maxFail allows ${allowed}`;
  }

  async #nobodyKnowsLast(): Promise<string | undefined> {
    const { problem, failures } = await this.#order.askWhoIsLast();
    for (const [{ work }, failure] of failures ?? []) work.outcome.fail(failure);
    return problem;
  }

  /** Checked only where something was changed, and where no failure has said enough. */
  async #checksFail(batch: readonly HostTurn[]): Promise<string | undefined> {
    if (this.#tools.signal.aborted) return undefined;
    const changed = batch.filter((turn) => turn.hasChanged && !turn.failed);
    const held = await concurrently(changed, this.#tools.forks, (turn) => turn.verify());
    const bad = namesOf(changed.filter((_, index) => !held[index]));
    return bad.length > 0 ? `the play's checks do not hold on ${bad.join(', ')}` : undefined;
  }
}
