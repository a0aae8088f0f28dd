import { type Facts, FactsNeeded } from '../../model/index.ts';

/** A host's facts: read when somebody asks for them, and then once. */
export class HostFacts {
  readonly #ask: () => Promise<Facts>;
  #known: Facts | undefined;

  constructor(ask: () => Promise<Facts>) {
    this.#ask = ask;
  }

  get known(): Facts | undefined {
    return this.#known;
  }

  async read(): Promise<Facts> {
    this.#known ??= await this.#ask();
    return this.#known;
  }

  /** Does a job that may turn out to need them: first without, if they are not known. */
  async within<T>(job: (facts: Facts | undefined) => T | Promise<T>): Promise<T> {
    const known = this.#known;
    try {
      return await job(known);
    } catch (error) {
      if (!(error instanceof FactsNeeded) || known) throw error;
      return job(await this.read());
    }
  }
}
