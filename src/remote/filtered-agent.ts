import type { BaseAgent, ParsedKey } from 'ssh2';
import { ssh2 } from './ssh2.ts';

/** Which of an agent's keys to offer: sshd takes few tries (MaxAuthTries), and an agent may hold many. */
export interface Choice {
  /** Public keys that come before all others. */
  readonly first: readonly Buffer[];
  /** No others. */
  readonly only: boolean;
}

/** The agent behind a socket, with the keys of the choice first, as ssh(1) offers them. */
export function filteredAgent(socket: string, choice: Choice): BaseAgent<ParsedKey> {
  const agent = ssh2.createAgent(socket) as BaseAgent<ParsedKey>;
  const all = agent.getIdentities.bind(agent);
  agent.getIdentities = (done) =>
    all((error, keys) => done(error, keys && chosen(keys as ParsedKey[], choice)));
  return agent;
}

function chosen(keys: readonly ParsedKey[], { first, only }: Choice): ParsedKey[] {
  const named = first.flatMap((one) => keys.filter((key) => one.equals(key.getPublicSSH())));
  return only ? named : [...named, ...keys.filter((key) => !named.includes(key))];
}
