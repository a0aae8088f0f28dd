import { setImmediate as nextMacrotask } from 'node:timers/promises';
import type { Answer, Invocation, Reader, Remote } from '../model/index.ts';
import { BatchingReader } from './batching-reader.ts';
import { ProbeBatch } from './probe-batch.ts';

/** Reads that go on side by side, and the rounds that carry what they ask. */
export class Reading {
  readonly #remote: Pick<Remote, 'run'>;
  readonly #unfinished = new Set<BatchingReader>();
  #next = new ProbeBatch();
  #rounds = 0;
  #wake = (): void => {};

  constructor(remote: Pick<Remote, 'run'>) {
    this.#remote = remote;
  }

  get rounds(): number {
    return this.#rounds;
  }

  async start<T>(read: (host: Reader) => Promise<T>): Promise<T> {
    const reader = new BatchingReader(
      () => this.#next,
      () => this.#wake(),
    );
    this.#unfinished.add(reader);
    try {
      return await read(reader);
    } finally {
      this.#unfinished.delete(reader);
      this.#wake();
    }
  }

  /** Sends round after round until no read asks any more; answers with what became of the actions. */
  async sendAll(actions: readonly Invocation[]): Promise<readonly Answer[]> {
    await this.#allWait();
    const answers = actions.length > 0 || !this.#next.empty ? await this.#send(actions) : [];
    for (await this.#allWait(); !this.#next.empty; await this.#allWait()) await this.#send([]);
    return answers;
  }

  /**
   * Until every unfinished read waits for an answer. What follows from an answer or from a stray await has run
   * by the next macrotask; a read that waits for something else, as a timer, is waited for.
   */
  async #allWait(): Promise<void> {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await nextMacrotask();
      if ([...this.#unfinished].every((reader) => reader.waits)) return;
      await changed;
    }
  }

  #send(actions: readonly Invocation[]): Promise<readonly Answer[]> {
    const round = this.#next;
    this.#next = new ProbeBatch();
    this.#rounds += 1;
    return round.send(this.#remote, actions);
  }
}
