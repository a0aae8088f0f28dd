import type { Command, FileOptions, FileState, Output, ProbeOptions, Reader } from '../model/index.ts';
import { outputOf } from './output-of.ts';
import type { ProbeBatch } from './probe-batch.ts';

const LIMIT = 30;

/** The Reader of one read: its questions go into the round that leaves next. */
export class BatchingReader implements Reader {
  readonly #next: () => ProbeBatch;
  readonly #asked: () => void;
  #open = 0;

  constructor(next: () => ProbeBatch, asked: () => void) {
    this.#next = next;
    this.#asked = asked;
  }

  /** It has asked something that is not answered yet. */
  get waits(): boolean {
    return this.#open > 0;
  }

  async probe(command: Command, options: ProbeOptions = {}): Promise<Output> {
    const { expect = [0], limit = LIMIT, ...rest } = options;
    const invocation = { command, limit, ...rest };
    return outputOf(invocation, await this.#ask(this.#next().probe(invocation)), expect);
  }

  file(path: string, options: FileOptions = {}): Promise<FileState> {
    return this.#ask(this.#next().look({ path, ...options }));
  }

  async #ask<T>(answer: Promise<T>): Promise<T> {
    this.#open += 1;
    this.#asked();
    try {
      return await answer;
    } finally {
      this.#open -= 1;
    }
  }
}
