/** At most `count` tasks at a time; the others wait their turn. */
export class Semaphore {
  #count: number;
  #busy = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  /** How many are under way. */
  get busy(): number {
    return this.#busy;
  }

  async use<T>(task: () => Promise<T>): Promise<T> {
    if (this.#busy >= this.#count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy += 1;
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  /** Fewer from now on, but one at least; whoever is under way may go on. */
  limit(count: number): void {
    this.#count = Math.max(1, Math.min(this.#count, count));
  }

  /** Hands the place on to whoever waits longest, if it still exists. */
  #leave(): void {
    const next = this.#busy > this.#count ? undefined : this.#waiting.shift();
    if (next) next();
    else this.#busy -= 1;
  }
}
