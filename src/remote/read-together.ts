import type { Answer, Invocation, Reader, ReadResults, Remote } from '../model/index.ts';
import { Reading } from './reading.ts';

/** What reads answered, and how many execs it took. */
export interface Readings<T> extends ReadResults<T> {
  readonly actions: readonly Answer[];
  readonly results: readonly PromiseSettledResult<T>[];
  readonly rounds: number;
}

/**
 * Runs the reads side by side. Their probes are held back until every unfinished read waits for one; then all
 * of them travel in one exec. The actions ride in the first one, ahead of its probes.
 *
 * Rejects with what `run` rejects with; a read that fails by itself is among the results.
 */
export async function readTogether<T>(
  remote: Pick<Remote, 'run'>,
  reads: readonly ((host: Reader) => Promise<T>)[],
  actions: readonly Invocation[] = [],
): Promise<Readings<T>> {
  const reading = new Reading(remote);
  const results = Promise.allSettled(reads.map((read) => reading.start(read)));
  const answers = await reading.sendAll(actions);
  return { actions: answers, results: await results, rounds: reading.rounds };
}
