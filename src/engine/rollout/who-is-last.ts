import { answerCodes, type HostFailure, ProbeError, type Reader, TrueupError } from '../../model/index.ts';
import { hostFailure } from '../host/host-result.ts';
import type { HostTurn } from './host-turn.ts';

/** Which host is changed last, and why; nobody where none holds it. */
export interface Last {
  readonly host?: string;
  readonly holds?: string;
  /** Why it cannot be told: then nothing may be changed. */
  readonly problem?: string;
  /** The same as a failure, for each host that it is about. */
  readonly failures?: ReadonlyMap<HostTurn, HostFailure>;
}

const MISSING = 127;

/** Asks all hosts of the rollout that can be reached, side by side. */
export async function whoIsLast(turns: readonly HostTurn[]): Promise<Last> {
  const answers = await Promise.all(turns.filter(({ work }) => !work.outcome.isAway).map(ask));
  const silent = answers.filter((answer) => answer.error !== undefined);
  if (silent.length > 0) return noAnswer(silent);
  const holders = answers.filter(({ yes }) => yes);
  const [first] = holders;
  if (!first) return {};
  return holders.length === 1 ? { host: first.turn.host, holds: first.holds } : contradiction(holders);
}

interface Answer {
  readonly turn: HostTurn;
  readonly holds: string;
  readonly yes: boolean;
  readonly error?: unknown;
}

async function ask(turn: HostTurn): Promise<Answer> {
  const asked = turn.last;
  if (!asked) return { turn, holds: '', yes: false };
  const { holds, probe } = asked;
  const read = async (host: Reader) => {
    const { code, stderr } = await host.probe(probe, { expect: answerCodes });
    if (code === MISSING) throw new ProbeError(`${probe[0]} is missing: ${stderr.trim() || 'exit 127'}`);
    return code === 0;
  };
  try {
    return { turn, holds, yes: await turn.work.ask(read) };
  } catch (error) {
    if (!(error instanceof TrueupError)) throw error;
    return { turn, holds, yes: false, error };
  }
}

function noAnswer(silent: readonly Answer[]): Last {
  const failures = silent.map(({ turn, holds, error }) => {
    const failure = hostFailure(error);
    const message = `it cannot be told whether it holds ${holds}: ${failure.message}`;
    return [turn, { ...failure, message }] as const;
  });
  const hosts = silent.map(({ turn }) => turn.host).join(', ');
  return { problem: `${hosts} did not tell whether to go last`, failures: new Map(failures) };
}

function contradiction(holders: readonly Answer[]): Last {
  const hosts = holders.map(({ turn }) => turn.host);
  const problem = `${hosts.join(' and ')} ${hosts.length === 2 ? 'both' : 'all'} hold ${holders[0]?.holds}`;
  const failure: HostFailure = {
    kind: 'other',
    message: `${problem}, which only one can: none of them was changed`,
    advice: `See why they do not see each other. If this change is to mend it, apply with --limit ${hosts[0]}.`,
  };
  return { problem, failures: new Map(holders.map(({ turn }) => [turn, failure])) };
}
