import { setTimeout as pause } from 'node:timers/promises';
import { getOnce } from './get-once.ts';

const BETWEEN = 100;
/** Seconds until a request counts as lost. */
const TIMEOUT = 1;

/** Asks again and again, each time over a connection of its own, and keeps count of what came back. */
export class SteadyRequests {
  readonly #url: string;
  readonly #done: Promise<void>;
  #stopped = false;
  #lastAnswer = performance.now();
  #longest = 0;
  asked = 0;
  lost = 0;

  constructor(url: string) {
    this.#url = url;
    this.#done = this.#run();
  }

  /** The longest time without an answer, in seconds. */
  get longestGap(): number {
    return Math.max(this.#longest, performance.now() - this.#lastAnswer) / 1000;
  }

  /** Whether the last request was answered. */
  answering = true;

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.asked += 1;
      this.answering = await answers(this.#url);
      if (this.answering) this.#answered();
      else this.lost += 1;
      await pause(BETWEEN);
    }
  }

  #answered(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#lastAnswer);
    this.#lastAnswer = now;
  }
}

/** A proxy that has no server behind it did not answer for the site. */
export async function answers(url: string): Promise<boolean> {
  try {
    return (await getOnce(url, { timeout: TIMEOUT, insecure: true })).status < 500;
  } catch {
    return false;
  }
}
