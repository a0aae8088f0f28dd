import type { Outcome } from '../model/index.ts';
import type { Tally } from './tally.ts';

/** The outcome with who asked, and how often each name was met. */
export function withSighting(outcome: Outcome, { reached, client }: Tally): Outcome {
  const sighting = {
    ...(Object.keys(reached).length === 0 ? {} : { reached }),
    ...(client === undefined ? {} : { client }),
  };
  return Object.keys(sighting).length === 0 ? outcome : { ...outcome, sighting };
}
