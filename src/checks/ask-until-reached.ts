import { setTimeout as pause } from 'node:timers/promises';
import type { CheckContext, Outcome } from '../model/index.ts';
import type { Tally } from './tally.ts';

const BETWEEN_REQUESTS = 250;

interface Patience {
  readonly requests: number;
  /** Seconds. */
  readonly settle: number;
}

/**
 * Asks as often as it shall, and then goes on while a name is missing, for as long as it may: a balancer needs
 * some seconds until it counts a server as up again. Gives the first problem, and how often it has asked.
 */
export async function askUntilReached(
  { requests, settle }: Patience,
  { since }: Pick<CheckContext, 'since'>,
  seen: Tally,
  ask: (turn: number) => Promise<Outcome | undefined>,
): Promise<{ problem: Outcome | undefined; asked: number }> {
  const deadline = since + settle * 1000;
  for (let turn = 1; ; turn++) {
    const problem = await ask(turn);
    const enough = turn >= requests && (seen.missing.length === 0 || performance.now() >= deadline);
    if (problem || enough) return { problem, asked: turn };
    if (turn >= requests) await pause(BETWEEN_REQUESTS);
  }
}
