import {
  type Check,
  type CheckContext,
  InterruptedError,
  mask,
  type Outcome,
  type StepResult,
} from '../../model/index.ts';
import { failureFrom } from '../failure.ts';
import { secondsSince } from '../seconds-since.ts';
import { type Patience, untilItHolds } from './until-it-holds.ts';

/** What a check says, as the result of a step. */
export async function runCheck(check: Check, context: CheckContext, patience: Patience): Promise<StepResult> {
  const base = { kind: check.kind, name: check.name, changes: [] };
  const started = performance.now();
  const took = () => ({ seconds: secondsSince(started) });
  try {
    const outcome = await unlessInterrupted(untilItHolds(check, context, patience), patience.signal);
    return { ...base, ...saying(outcome, check), ...took() };
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    return { ...base, status: 'failed', failure: failureFrom(error, check.place), ...took() };
  }
}

function saying(outcome: Outcome, { place }: Check): Pick<StepResult, 'status'> & Partial<StepResult> {
  const seen = outcome.sighting ? { sighting: outcome.sighting } : {};
  const detail = mask(outcome.detail);
  if (!outcome.ok)
    return { ...seen, status: 'failed', failure: { message: detail, advice: outcome.advice, place } };
  const caution = outcome.caution === undefined ? {} : { caution: mask(outcome.caution) };
  return { ...seen, status: 'ok', note: detail, ...caution };
}

/** A check may wait for long on this machine, where no closed connection ends it. */
async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw new InterruptedError();
  let end = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    end = () => reject(new InterruptedError());
  });
  signal.addEventListener('abort', end);
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
