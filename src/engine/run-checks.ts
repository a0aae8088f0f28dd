import { setTimeout as pause } from 'node:timers/promises';
import {
  type Check,
  type CheckContext,
  type Failure,
  type Host,
  InterruptedError,
  LinkLostError,
  mask,
  NotUpError,
  type Outcome,
  type Play,
  ProbeError,
  type StepResult,
} from '../model/index.ts';
import { checkContext } from './check-context.ts';
import { failureFrom } from './command-failure.ts';
import { HostPlays } from './host-plays.ts';
import type { PlannedCheck } from './planned-step.ts';
import type { RunContext } from './run-context.ts';
import type { RunState } from './run-state.ts';

export interface CheckOptions {
  /** Checks that disturb nothing, the others becoming skipped results; or only those others. */
  readonly which: 'quiet' | 'disturbing';
  /** Something was just changed: checks that fail are repeated for the play's time to settle. */
  readonly afterChange?: boolean;
}

/** Milliseconds before the first check for which denials are shown: a reload or a health check may have met them. */
const BEFORE = 30_000;
/** Milliseconds between two tries of a check. */
const BETWEEN_TRIES = 500;
const NOT_ASKED = 'it interrupts the site for a moment: runs with --disturb, once all others hold';

/** Runs the checks of plays for a host, one after the other. */
export async function runChecks(
  host: Host,
  plays: readonly Play[],
  { which, afterChange = false }: CheckOptions,
  context: RunContext,
  state: RunState,
): Promise<StepResult[]> {
  const use = checkContext(host, context.sessions);
  const explain = explainer(host, context, use.since - BEFORE);
  const results: StepResult[] = [];
  for (const planned of await checksOf(host, plays, context, use)) {
    const { step: check, play } = planned;
    if (!check.disturbs && which === 'disturbing') continue;
    const isLeftOut = check.disturbs && which === 'quiet';
    const settle = afterChange ? (play.settle ?? 0) : 0;
    const result = isLeftOut
      ? leftOut(check)
      : await explain(await runCheck(check, use, settle, context.signal));
    results.push(result);
    state.finishCheck(planned, result);
  }
  return results;
}

async function checksOf(
  host: Host,
  plays: readonly Play[],
  context: RunContext,
  use: CheckContext,
): Promise<PlannedCheck[]> {
  const ofHost = new HostPlays(host, plays, context, () => context.readFacts(use.host));
  return ofHost.withFacts((facts) =>
    ofHost.plays.flatMap((play) =>
      play.checks(host, facts).map((step) => ({ host, play, on: host, phase: 'verify' as const, step })),
    ),
  );
}

/** What a check says, as the result of a step. */
async function runCheck(
  check: Check,
  use: CheckContext,
  settle: number,
  signal: AbortSignal,
): Promise<StepResult> {
  const base = { kind: check.kind, name: check.name, changes: [] };
  const started = performance.now();
  const took = () => ({ seconds: (performance.now() - started) / 1000 });
  try {
    const outcome = await unlessInterrupted(retryCheck(check, use, settle, signal), signal);
    return { ...base, ...resultOf(outcome, check), ...took() };
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    return { ...base, status: 'failed', failure: failureFrom(error, check.place), ...took() };
  }
}

function resultOf(outcome: Outcome, { place }: Check): Pick<StepResult, 'status'> & Partial<StepResult> {
  const seen = outcome.sighting ? { sighting: outcome.sighting } : {};
  const detail = mask(outcome.detail);
  if (!outcome.ok)
    return { ...seen, status: 'failed', failure: { message: detail, advice: outcome.advice, place } };
  const caution = outcome.caution === undefined ? {} : { caution: mask(outcome.caution) };
  return { ...seen, status: 'ok', note: detail, ...caution };
}

/** Repeats a check while it fails or cannot look, for `settle` seconds; the first failure stays in its detail. */
async function retryCheck(
  check: Check,
  use: CheckContext,
  settle: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const deadline = use.since + settle * 1000;
  const first = await attempt(check, use);
  let last = first;
  while (!last.outcome?.ok && !signal.aborted && performance.now() < deadline) {
    if (last.error !== undefined && !mayPass(last.error)) break;
    await pause(BETWEEN_TRIES);
    last = await attempt(check, use);
  }
  if (!last.outcome) throw last.error;
  if (first.outcome?.ok || !last.outcome.ok) return last.outcome;
  const why = first.outcome?.detail ?? failureFrom(first.error).message;
  return { ...last.outcome, detail: `${last.outcome.detail}; at first: ${why}` };
}

interface Attempt {
  readonly outcome?: Outcome;
  readonly error?: unknown;
}

async function attempt(check: Check, use: CheckContext): Promise<Attempt> {
  try {
    return { outcome: await check.run(use) };
  } catch (error) {
    return { error };
  }
}

/** The host may be on its way up. A refused login or a wrong host key stays what it is. */
function mayPass(error: unknown): boolean {
  return error instanceof NotUpError || error instanceof LinkLostError || error instanceof ProbeError;
}

/** A check may wait for long on the laptop, where no closed connection ends it. */
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

/** Adds to failed checks what SELinux has denied on the host; it is asked once. */
function explainer(
  host: Host,
  { sessions, readDenials }: RunContext,
  since: number,
): (result: StepResult) => Promise<StepResult> {
  let denials: Promise<(failure: Failure) => Failure> | undefined;
  return async (result) => {
    if (!result.failure) return result;
    denials ??= readDenials((probe) => sessions.of(host).probeOnce(probe), since);
    return { ...result, failure: (await denials)(result.failure) };
  };
}

function leftOut({ kind, name }: Check): StepResult {
  return { kind, name, changes: [], status: 'skipped', note: NOT_ASKED };
}
