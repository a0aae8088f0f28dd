import { concurrently } from '../../engine/concurrently.ts';
import { hostFailure, hostPart } from '../../engine/host-result.ts';
import type { HostSessions } from '../../engine/host-sessions.ts';
import { type Facts, type Host, type HostFailure, type HostResult, mask } from '../../model/index.ts';
import { inventoryContext, openSessions } from '../context.ts';
import { exitCodeOf, signalled } from '../exit-code.ts';
import type { Interruption } from '../interruption.ts';
import { writeDocument } from '../masked-streams.ts';
import type { FactsOptions } from '../query-commands.ts';
import { factsText } from '../views/facts-text.ts';
import { failureLines } from '../views/failures.ts';
import { jsonDocument } from '../views/json.ts';
import { paintFor } from '../views/paint.ts';

/** What a host has said of itself, or why it has not. */
export interface Answered {
  readonly result: HostResult;
  readonly facts?: Facts;
}

/** Connects to the hosts of a pattern and prints what they say of themselves. */
export async function facts(inquiry: FactsOptions, interruption: Interruption): Promise<number> {
  const { signal } = interruption;
  const context = await inventoryContext(inquiry, inquiry.pattern);
  const sessions = await openSessions(context, () => {}, signal);
  interruption.listen();
  const answers = await concurrently(context.hosts, inquiry.forks, (host) => ask(host, sessions));
  const results = answers.map(({ result }) => result);
  const code = signalled(signal) ?? exitCodeOf(results);
  if (inquiry.json) {
    writeDocument(`${jsonDocument('facts', answers.map(documentOf), code)}\n`);
    return code;
  }
  const said = factsText(answers, paintFor(process.stdout));
  const lines = [...(said === '' ? [] : [said]), ...failureLines(results, paintFor(process.stdout))];
  process.stdout.write(mask(`${lines.join('\n')}\n`));
  return code;
}

async function ask(host: Host, sessions: HostSessions): Promise<Answered> {
  const { readFacts } = await import('../../remote/index.ts');
  const session = sessions.of(host);
  const result = (failure?: HostFailure) => ({
    ...hostPart(host, [], failure),
    execs: sessions.execs(host),
  });
  try {
    const facts = await session.ask(readFacts);
    return { result: result(), facts };
  } catch (error) {
    return { result: result(hostFailure(error)) };
  } finally {
    await session.close();
  }
}

function documentOf({ result: { name, address, status, failure }, facts }: Answered): object {
  const error = failure ? { error: failure.message, advice: failure.advice } : {};
  return { name, address, status, facts: facts ?? null, ...error };
}
