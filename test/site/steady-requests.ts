import { setTimeout as pause } from 'node:timers/promises';
import { getOnce } from '../../src/checks/get-once.ts';

/** Asks a URL again and again, each time over a new connection, and keeps in mind when there were answers. */
export class SteadyRequests {
  readonly #url: string;
  readonly #every: number;
  readonly #stop = new AbortController();
  readonly #asked: Promise<void>;
  #answers: number[] = [performance.now()];

  /** `every`: milliseconds from one request to the next, whether that one has its answer or not. */
  constructor(url: string, every = 100) {
    this.#url = url;
    this.#every = every;
    this.#asked = this.#ask();
  }

  /** The longest time without an answer since the last call, in seconds. */
  longestGap(): number {
    const times = [...this.#answers, performance.now()];
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
    this.#answers = this.#answers.slice(-1);
    return Math.max(...gaps) / 1000;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#asked;
  }

  async #ask(): Promise<void> {
    const open = new Set<Promise<void>>();
    while (!this.#stop.signal.aborted) {
      const request: Promise<void> = this.#once().finally(() => open.delete(request));
      open.add(request);
      await pause(this.#every);
    }
    await Promise.all(open);
  }

  async #once(): Promise<void> {
    const answer = await getOnce(this.#url, { timeout: 1 }).catch(() => undefined);
    if (answer?.status === 200) this.#answers.push(performance.now());
  }
}
