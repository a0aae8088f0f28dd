import { concurrently } from '../../engine/concurrently.ts';
import { hostFailure, hostResult } from '../../engine/host/host-result.ts';
import { Session } from '../../engine/session/session.ts';
import { type Facts, type Host, type HostResult, mask } from '../../model/index.ts';
import { connectOptions } from '../connect-options.ts';
import { exitCodeOf, signalled } from '../exit-code.ts';
import type { FactsInquiry } from '../inquiry.ts';
import type { Interruption } from '../interruption.ts';
import { limitPattern } from '../limit-pattern.ts';
import { writeDocument } from '../masked-streams.ts';
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
export async function facts(inquiry: FactsInquiry, interruption: Interruption): Promise<number> {
  const { signal } = interruption;
  const ask = await questioner(inquiry.inventory, signal);
  const { loadInventory } = await import('../../inventory/load-inventory.ts');
  const hosts = (await loadInventory(inquiry.inventory, inquiry)).select(limitPattern(inquiry.pattern));
  interruption.listen();
  const answers = await concurrently(hosts, inquiry.forks, ask);
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

async function questioner(
  inventory: string,
  signal: AbortSignal,
): Promise<(host: Host) => Promise<Answered>> {
  const { connect, readTogether, readFacts } = await import('../../remote/index.ts');
  const options = await connectOptions(inventory);
  return async (host) => {
    const reach = (_: Host, ending: AbortSignal) => connect(host, { ...options, signal: ending });
    const session = new Session(host, reach, signal);
    const stop = () => void session.close();
    signal.addEventListener('abort', stop);
    try {
      const { results } = await session.again((remote) => readTogether(remote, [readFacts]));
      const [read] = results;
      if (read?.status !== 'fulfilled') throw read?.reason;
      return { result: hostResult(host, [], undefined, await session.execs()), facts: read.value };
    } catch (error) {
      return { result: hostResult(host, [], hostFailure(error), await session.execs()) };
    } finally {
      signal.removeEventListener('abort', stop);
      await session.close();
    }
  };
}

function documentOf({ result: { name, address, status, failure }, facts }: Answered): object {
  const error = failure ? { error: failure.message, advice: failure.advice } : {};
  return { name, address, status, facts: facts ?? null, ...error };
}
