import {
  type Check,
  type CheckContext,
  type Host,
  InterruptedError,
  mask,
  type Outcome,
  type Play,
  type Reader,
  type StepResult,
} from '../model/index.ts';
import { failureFrom } from './failure.ts';
import { HostFacts } from './host-facts.ts';
import { Lookout } from './lookout.ts';
import { secondsSince } from './seconds-since.ts';
import type { Session } from './session.ts';
import type { Tools } from './tools.ts';

/** Which checks run: those that disturb nothing, the others becoming skipped results; or only those others. */
export type Which = 'quiet' | 'disturbing';

/** Runs the checks of all plays for a host, one after the other. */
export async function runChecks(
  plays: readonly Play[],
  host: Host,
  session: Session,
  tools: Tools,
  which: Which = 'quiet',
): Promise<StepResult[]> {
  const lookout = new Lookout(session, tools);
  const results: StepResult[] = [];
  try {
    const checks = await checksOf(plays, host, lookout.host, tools);
    for (const check of checks.filter(({ disturbs }) => disturbs || which === 'quiet')) {
      const result =
        check.disturbs && which === 'quiet' ? skipped(check) : await runCheck(check, lookout, tools.signal);
      results.push(result);
      tools.listener({ type: 'step-finished', host: host.name, result });
    }
  } finally {
    await lookout.close();
  }
  return results;
}

function checksOf(plays: readonly Play[], host: Host, reader: Reader, tools: Tools): Promise<Check[]> {
  const mine = plays.filter((play) => play.hosts.some(({ name }) => name === host.name));
  const facts = new HostFacts(() => tools.readFacts(reader));
  return facts.within((known) => mine.flatMap((play) => play.checks(host, known)));
}

const NOT_ASKED = 'it interrupts the site for a moment: runs with --disturb, once all others hold';

function skipped({ kind, name }: Check): StepResult {
  return { kind, name, changes: [], status: 'skipped', note: NOT_ASKED };
}

async function runCheck(check: Check, context: CheckContext, signal: AbortSignal): Promise<StepResult> {
  const base = { kind: check.kind, name: check.name, changes: [] };
  const started = performance.now();
  const took = () => ({ seconds: secondsSince(started) });
  try {
    const outcome = await unlessInterrupted(check.run(context), signal);
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
