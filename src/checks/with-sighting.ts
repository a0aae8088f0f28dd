import type { Outcome } from '../model/index.ts';
import type { Tally } from './tally.ts';

/** The outcome with how often each name was met; as it is where none was to be. */
export function withSighting(outcome: Outcome, { reached }: Tally): Outcome {
  return Object.keys(reached).length === 0 ? outcome : { ...outcome, sighting: { reached } };
}
