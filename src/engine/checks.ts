import {
  type Check,
  type Facts,
  FactsNeeded,
  type Host,
  mask,
  type Play,
  type Reader,
  type StepResult,
} from '../model/index.ts';
import { failureFrom } from './failure.ts';
import type { Session } from './session.ts';
import type { Tools } from './tools.ts';

/** Runs the checks of all plays for a host, one after the other. */
export async function runChecks(
  plays: readonly Play[],
  host: Host,
  session: Session,
  tools: Tools,
): Promise<StepResult[]> {
  const reader = lazyReader(session, tools);
  const results: StepResult[] = [];
  for (const check of await checksOf(plays, host, reader, tools)) {
    const result = await runCheck(check, reader);
    results.push(result);
    tools.listener({ type: 'step-finished', host: host.name, result });
  }
  return results;
}

async function checksOf(plays: readonly Play[], host: Host, reader: Reader, tools: Tools): Promise<Check[]> {
  const mine = plays.filter((play) => play.hosts.some(({ name }) => name === host.name));
  const all = (facts: Facts | undefined) => mine.flatMap((play) => play.checks(host, facts));
  try {
    return all(undefined);
  } catch (error) {
    if (!(error instanceof FactsNeeded)) throw error;
    return all(await tools.readFacts(reader));
  }
}

async function runCheck(check: Check, host: Reader): Promise<StepResult> {
  const base = { kind: check.kind, name: check.name, changes: [] };
  try {
    const outcome = await check.run({ host });
    if (outcome.ok) return { ...base, status: 'ok', note: mask(outcome.detail) };
    const failure = { message: mask(outcome.detail), advice: outcome.advice, place: check.place };
    return { ...base, status: 'failed', failure };
  } catch (error) {
    return { ...base, status: 'failed', failure: failureFrom(error, check.place) };
  }
}

/** Connects only when a check looks at the host: most look from the laptop alone. */
function lazyReader(session: Session, tools: Tools): Reader {
  async function ask<T>(question: (host: Reader) => Promise<T>): Promise<T> {
    const { results } = await session.twice((remote) => tools.readTogether(remote, [question]));
    const answer = results[0];
    if (answer?.status !== 'fulfilled') throw answer?.reason;
    return answer.value;
  }
  return {
    probe: (command, options) => ask((host) => host.probe(command, options)),
    file: (path, options) => ask((host) => host.file(path, options)),
  };
}
