/** How often each of the names was met, and by what else. */
export class Tally {
  /** The address of this machine that was asked from, once that is known. */
  client: string | undefined;
  readonly #counts = new Map<string, number>();
  readonly #names: readonly string[];
  readonly #atLeast: number;

  constructor(names: readonly string[] = [], atLeast = 1) {
    this.#names = names;
    this.#atLeast = atLeast;
    for (const name of names) this.#counts.set(name, 0);
  }

  count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** The names that were met less often than they shall be. */
  get missing(): string[] {
    return this.#names.filter((name) => this.#of(name) < this.#atLeast);
  }

  /** How often each of the names that were to be met was. */
  get reached(): Record<string, number> {
    return Object.fromEntries(this.#names.map((name) => [name, this.#of(name)]));
  }

  /** What is missing: `none of nginx-02`, or `fewer than 3 of nginx-02`. */
  get lack(): string {
    return `${this.#atLeast === 1 ? 'none' : `fewer than ${this.#atLeast}`} of ${this.missing.join(', ')}`;
  }

  /** `nginx-01 5, nginx-02 5` */
  toString(): string {
    return [...this.#counts].map(([name, count]) => `${name} ${count}`).join(', ');
  }

  #of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }
}
