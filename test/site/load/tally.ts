import type { Outcome } from './request.ts';

/** What a load has seen, from its first request to its last. */
export interface Report {
  readonly requests: number;
  readonly failures: readonly Outcome[];
  /** Answers by `URL SERVER`. */
  readonly answers: Readonly<Record<string, number>>;
  /** The longest time, in milliseconds, without a request that ended well, and when it began. */
  readonly longestGap: { readonly at: number; readonly ms: number };
  readonly slowest: Outcome | undefined;
}

export class Tally {
  #requests = 0;
  #lastGood = Date.now();
  #longestGap = { at: this.#lastGood, ms: 0 };
  #slowest: Outcome | undefined;
  readonly #failures: Outcome[] = [];
  readonly #answers: Record<string, number> = {};

  add(outcome: Outcome): void {
    this.#requests += 1;
    if (outcome.error !== undefined) {
      this.#failures.push(outcome);
      return;
    }
    this.#closeGap(outcome.at + outcome.ms);
    if (outcome.ms > (this.#slowest?.ms ?? -1)) this.#slowest = outcome;
    const key = `${outcome.url} ${outcome.server ?? ''}`.trim();
    this.#answers[key] = (this.#answers[key] ?? 0) + 1;
  }

  /** The time since the last good answer is a gap like the others. */
  report(): Report {
    this.#closeGap(Date.now());
    return {
      requests: this.#requests,
      failures: this.#failures,
      answers: this.#answers,
      longestGap: this.#longestGap,
      slowest: this.#slowest,
    };
  }

  #closeGap(now: number): void {
    const ms = now - this.#lastGood;
    if (ms > this.#longestGap.ms) this.#longestGap = { at: this.#lastGood, ms };
    this.#lastGood = now;
  }
}
