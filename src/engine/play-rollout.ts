import type { Rollout, RolloutResult } from '../model/index.ts';
import { allBatches, allowedToFail, batchSize, nextBatch } from './batches.ts';
import { concurrently } from './concurrently.ts';
import type { HostTurn } from './host-turn.ts';
import { type Last, whoIsLast } from './last.ts';
import { SessionPool } from './session-pool.ts';
import type { Tools } from './tools.ts';

/** A play that goes from host to host, batch by batch, and stops where going on could do harm. */
export class PlayRollout {
  readonly #play: string;
  readonly #rollout: Rollout;
  readonly #turns: readonly HostTurn[];
  readonly #tools: Tools;
  #batches: string[][] = [];
  #last: Last = {};
  #stopped: string | undefined;
  #notReached: string[] = [];

  constructor(play: string, rollout: Rollout, turns: readonly HostTurn[], tools: Tools) {
    this.#play = play;
    this.#rollout = rollout;
    this.#turns = turns;
    this.#tools = tools;
  }

  /** Why it has not gone to its end, for what would come after it. */
  get stopped(): string | undefined {
    return this.#stopped && `the rollout of ${this.#play} stopped: ${this.#stopped}`;
  }

  get result(): RolloutResult | undefined {
    if (this.#batches.length === 0 && this.#stopped === undefined) return undefined;
    const { host, holds } = this.#last;
    const among = host !== undefined && holds !== undefined && this.#batches.flat().includes(host);
    return {
      play: this.#play,
      batches: this.#batches,
      last: among ? { host, holds } : undefined,
      stopped: this.#stopped,
      notReached: this.#notReached,
    };
  }

  /** The order that apply would take, as things are now. */
  async plan(): Promise<void> {
    const waiting = this.#waiting();
    if (waiting.length === 0) return;
    this.#last = await whoIsLast(this.#turns);
    const names = waiting.map(({ host }) => host);
    this.#batches = allBatches(names, this.#rollout.serial, this.#turns.length, this.#last.host);
    this.#stopped = this.#tooManyFailed() ?? this.#last.problem;
  }

  async apply(): Promise<void> {
    const waiting = this.#waiting();
    this.#batches = [];
    this.#stopped = undefined;
    for (const { run, play } of this.#turns.filter((turn) => !waiting.includes(turn)))
      await run.applyPlay(play);
    const open = new SessionPool(this.#tools, this.#tools.signal);
    const closing = new SessionPool(this.#tools, new AbortController().signal);
    const interrupt = () => void open.close();
    this.#tools.signal.addEventListener('abort', interrupt);
    try {
      await this.#closeWhatWasLeft(open, closing);
      await this.#changeAll(waiting, open, closing);
    } finally {
      this.#tools.signal.removeEventListener('abort', interrupt);
      await Promise.all([open.close(), closing.close()]);
    }
  }

  /** Those left open by an earlier run first: while they are, another one could be one too many. */
  #waiting(): HostTurn[] {
    const due = this.#turns.filter(({ isDue }) => isDue);
    return [...due.filter(({ isLeftOpen }) => isLeftOpen), ...due.filter(({ isLeftOpen }) => !isLeftOpen)];
  }

  async #closeWhatWasLeft(open: SessionPool, closing: SessionPool): Promise<void> {
    const left = this.#turns.filter((turn) => turn.isLeftOpen && !turn.isDue && !turn.failed);
    await concurrently(left, this.#tools.forks, (turn) => turn.close(open, closing));
  }

  /** Also the last batch can be the one at which it stops: what comes after this play is not begun then. */
  async #changeAll(due: readonly HostTurn[], open: SessionPool, closing: SessionPool): Promise<void> {
    let waiting = due;
    while (waiting.length > 0) {
      this.#stopped ??= await this.#whyNotOn();
      if (this.#stopped !== undefined) return this.#leave(waiting, this.#stopped);
      const batch = this.#nextOf(waiting);
      waiting = waiting.filter((turn) => !batch.includes(turn));
      await concurrently(batch, this.#tools.forks, (turn) => turn.change(open, closing));
      await this.#verify(batch);
      this.#stopped ??= this.#interrupted() ?? this.#tooManyFailed();
    }
  }

  #nextOf(waiting: readonly HostTurn[]): HostTurn[] {
    const size = batchSize(this.#rollout.serial, this.#batches.length, this.#turns.length);
    const names = nextBatch(
      waiting.map(({ host }) => host),
      size,
      this.#last.host,
    );
    this.#batches.push(names);
    this.#tools.listener({ type: 'batch-started', play: this.#play, hosts: names });
    return waiting.filter(({ host }) => names.includes(host));
  }

  /** Why the next batch must not begin. Who goes last is asked anew each time: it may have moved. */
  async #whyNotOn(): Promise<string | undefined> {
    const enough = this.#interrupted() ?? this.#tooManyFailed();
    if (enough !== undefined) return enough;
    this.#last = await whoIsLast(this.#turns);
    for (const [{ run }, failure] of this.#last.failures ?? []) run.fail(failure);
    return this.#last.problem;
  }

  #interrupted(): string | undefined {
    return this.#tools.signal.aborted ? 'interrupted' : undefined;
  }

  #tooManyFailed(): string | undefined {
    const failed = this.#turns.filter((turn) => turn.failed).map(({ host }) => host);
    const allowed = allowedToFail(this.#rollout.maxFail, this.#turns.length);
    if (failed.length <= allowed) return undefined;
    const more = failed.length > 1 ? 's' : '';
    return `${failed.join(', ')} failed, ${failed.length} host${more} where maxFail allows ${allowed}`;
  }

  /** Only where something was changed, and not where a failure has said enough. */
  async #verify(batch: readonly HostTurn[]): Promise<void> {
    const changed = batch.filter((turn) => turn.hasChanged && !turn.failed);
    if (this.#tools.signal.aborted) return;
    const held = await concurrently(changed, this.#tools.forks, (turn) => turn.verify());
    const bad = changed.filter((_, index) => !held[index]).map(({ host }) => host);
    if (bad.length > 0) this.#stopped = `the play's checks do not hold on ${bad.join(', ')}`;
  }

  #leave(waiting: readonly HostTurn[], why: string): void {
    this.#notReached = waiting.map(({ host }) => host);
    for (const turn of waiting) turn.leave(`the rollout stopped: ${why}`);
  }
}
