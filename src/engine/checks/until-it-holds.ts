import { setTimeout as pause } from 'node:timers/promises';
import type { Check, CheckContext, Outcome } from '../../model/index.ts';

const BETWEEN_RUNS = 500;

export interface Patience {
  /** Seconds for which a check may fail. */
  readonly settle: number;
  readonly signal: AbortSignal;
}

/** Runs a check again while it fails, for as long as it may; what it met at first is not forgotten. */
export async function untilItHolds(
  check: Check,
  context: CheckContext,
  { settle, signal }: Patience,
): Promise<Outcome> {
  const deadline = context.since + settle * 1000;
  const first = await check.run(context);
  let outcome = first;
  while (!outcome.ok && !signal.aborted && performance.now() < deadline) {
    await pause(BETWEEN_RUNS);
    outcome = await check.run(context);
  }
  if (first.ok || !outcome.ok) return outcome;
  return { ...outcome, detail: `${outcome.detail}; at first: ${first.detail}` };
}
