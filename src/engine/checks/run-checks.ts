import type { Check, Host, Play, Reader, StepResult } from '../../model/index.ts';
import { addDenials } from '../denials/add-denials.ts';
import { type ExplainedDenial, readDenials } from '../denials/read-denials.ts';
import { HostFacts } from '../session/host-facts.ts';
import type { Session } from '../session/session.ts';
import type { Tools } from '../tools.ts';
import { Lookout } from './lookout.ts';
import { runCheck } from './run-check.ts';

/** Which checks run: those that disturb nothing, the others becoming skipped results; or only those others. */
export type Which = 'quiet' | 'disturbing';

export interface CheckOptions {
  readonly which: Which;
  /** Something was just changed: checks that fail are given the play's time to settle. */
  readonly afterChange?: boolean;
}

interface SettlingCheck {
  readonly check: Check;
  /** Seconds for which it may fail. */
  readonly settle: number;
}

/** Runs the checks of all plays for a host, one after the other. */
export async function runChecks(
  plays: readonly Play[],
  host: Host,
  session: Session,
  tools: Tools,
  { which, afterChange = false }: CheckOptions,
): Promise<StepResult[]> {
  const lookout = new Lookout(session, tools);
  const explain = explainer(session, lookout.since - BEFORE);
  const results: StepResult[] = [];
  try {
    for (const { check, settle } of await checksOf(plays, host, lookout.host, tools)) {
      if (!check.disturbs && which === 'disturbing') continue;
      const patience = { settle: afterChange ? settle : 0, signal: tools.signal };
      const isLeftOut = check.disturbs && which === 'quiet';
      const result = isLeftOut ? skipped(check) : await explain(await runCheck(check, lookout, patience));
      results.push(result);
      tools.listener({ type: 'step-finished', host: host.name, result });
    }
  } finally {
    await lookout.close();
  }
  return results;
}

/** Milliseconds before the first check: a reload that SELinux spoilt came just before, and so did health checks. */
const BEFORE = 30_000;

/** Adds to failed checks what SELinux has refused on the host; it is asked once. */
function explainer(session: Session, since: number): (result: StepResult) => Promise<StepResult> {
  let denials: Promise<ExplainedDenial[]> | undefined;
  return async (result) => {
    if (!result.failure) return result;
    denials ??= readDenials(session, since);
    return { ...result, failure: addDenials(result.failure, await denials) };
  };
}

function checksOf(
  plays: readonly Play[],
  host: Host,
  reader: Reader,
  tools: Tools,
): Promise<SettlingCheck[]> {
  const mine = plays.filter((play) => play.hosts.some(({ name }) => name === host.name));
  const facts = new HostFacts(() => tools.readFacts(reader));
  return facts.within((known) =>
    mine.flatMap((play) => play.checks(host, known).map((check) => ({ check, settle: play.settle ?? 0 }))),
  );
}

const NOT_ASKED = 'it interrupts the site for a moment: runs with --disturb, once all others hold';

function skipped({ kind, name }: Check): StepResult {
  return { kind, name, changes: [], status: 'skipped', note: NOT_ASKED };
}
