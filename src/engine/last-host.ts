import {
  answerCodes,
  type Host,
  type HostFailure,
  type LastProbe,
  ProbeError,
  type Reader,
  TrueupError,
} from '../model/index.ts';
import { hostFailure } from './host-result.ts';
import type { HostSessions } from './host-sessions.ts';

/** The host that is changed last, and why; none if no host holds it. */
export interface LastHost {
  readonly host?: string;
  readonly holds?: string;
  /** Why it cannot be determined: then nothing may be changed. */
  readonly problem?: string;
  /** The same as a failure, for each host that it is about. */
  readonly failures?: ReadonlyMap<Host, HostFailure>;
}

const MISSING = 127;

/** Asks hosts side by side. */
export async function lastHost(
  hosts: readonly Host[],
  probeOf: (host: Host) => LastProbe | undefined,
  sessions: HostSessions,
): Promise<LastHost> {
  const answers = await Promise.all(hosts.map((host) => ask(host, probeOf(host), sessions)));
  const silent = answers.filter((answer) => answer.error !== undefined);
  if (silent.length > 0) return unanswered(silent);
  const holders = answers.filter(({ yes }) => yes);
  const [first] = holders;
  if (!first) return {};
  return holders.length === 1 ? { host: first.host.name, holds: first.holds } : contradiction(holders);
}

interface Answer {
  readonly host: Host;
  readonly holds: string;
  readonly yes: boolean;
  readonly error?: unknown;
}

async function ask(host: Host, asked: LastProbe | undefined, sessions: HostSessions): Promise<Answer> {
  if (!asked) return { host, holds: '', yes: false };
  const { holds, probe } = asked;
  const read = async (reader: Reader) => {
    const { code, stderr } = await reader.probe(probe, { expect: answerCodes });
    if (code === MISSING) throw new ProbeError(`${probe[0]} is missing: ${stderr.trim() || 'exit 127'}`);
    return code === 0;
  };
  try {
    return { host, holds, yes: await sessions.of(host).ask(read) };
  } catch (error) {
    if (!(error instanceof TrueupError)) throw error;
    return { host, holds, yes: false, error };
  }
}

function unanswered(silent: readonly Answer[]): LastHost {
  const failures = silent.map(({ host, holds, error }) => {
    const failure = hostFailure(error);
    const message = `cannot determine whether it holds ${holds}: ${failure.message}`;
    return [host, { ...failure, message }] as const;
  });
  const hosts = silent.map(({ host }) => host.name).join(', ');
  return { problem: `${hosts} did not answer whether to go last`, failures: new Map(failures) };
}

function contradiction(holders: readonly Answer[]): LastHost {
  const hosts = holders.map(({ host }) => host.name);
  const problem = `${hosts.join(' and ')} ${hosts.length === 2 ? 'both' : 'all'} hold ${holders[0]?.holds}`;
  const failure: HostFailure = {
    kind: 'other',
    message: `${problem}, which only one can: none of them was changed`,
    advice: `See why they do not see each other. If this change is to fix it, apply with --limit ${hosts[0]}.`,
  };
  return { problem, failures: new Map(holders.map(({ host }) => [host, failure])) };
}
