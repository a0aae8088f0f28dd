import type { RolloutResult, Share } from '../../model/index.ts';
import { allBatches, batchSize, nextBatch } from './batches.ts';
import type { HostTurn } from './host-turn.ts';
import { type Last, whoIsLast } from './who-is-last.ts';

/** In which order a rollout's hosts are changed. */
export class RolloutOrder {
  readonly #turns: readonly HostTurn[];
  readonly #serial: readonly Share[];
  #batches: string[][] = [];
  #last: Last = {};

  constructor(turns: readonly HostTurn[], serial: readonly Share[]) {
    this.#turns = turns;
    this.#serial = serial;
  }

  /** All batches that were begun, or that plan foresees. */
  get batches(): readonly (readonly string[])[] {
    return this.#batches;
  }

  get last(): RolloutResult['last'] {
    const { host, holds } = this.#last;
    const isAmong = host !== undefined && holds !== undefined && this.#batches.flat().includes(host);
    return isAmong ? { host, holds } : undefined;
  }

  /** Asked anew before each batch: who goes last may have moved. Gives back why it cannot be told. */
  async askWhoIsLast(): Promise<Last> {
    this.#last = await whoIsLast(this.#turns);
    return this.#last;
  }

  begin(): void {
    this.#batches = [];
  }

  /** As apply would go, if nothing moves. */
  foresee(waiting: readonly HostTurn[]): void {
    this.#batches = allBatches(namesOf(waiting), this.#serial, this.#turns.length, this.#last.host);
  }

  next(waiting: readonly HostTurn[]): HostTurn[] {
    const size = batchSize(this.#serial, this.#batches.length, this.#turns.length);
    const names = nextBatch(namesOf(waiting), size, this.#last.host);
    this.#batches.push(names);
    return waiting.filter(({ host }) => names.includes(host));
  }
}

/** The hosts of some turns. */
export function namesOf(turns: readonly HostTurn[]): string[] {
  return turns.map(({ host }) => host);
}
