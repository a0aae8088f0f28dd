import { createRequire } from 'node:module';
import type { BaseAgent, ParsedKey } from 'ssh2';

/** Which of an agent's keys to offer: sshd takes few tries (MaxAuthTries), and an agent may hold many. */
export interface Choice {
  /** Public keys that come before all others. */
  readonly first: readonly Buffer[];
  /** No others. */
  readonly only: boolean;
}

/** The SSH library is node-ssh's own, and may not lie where our packages do. */
function createAgent(socket: string): BaseAgent<ParsedKey> {
  const nodeSsh = createRequire(import.meta.url).resolve('node-ssh');
  const ssh2 = createRequire(nodeSsh)('ssh2') as typeof import('ssh2');
  return ssh2.createAgent(socket) as BaseAgent<ParsedKey>;
}

/** The agent behind a socket, with the keys of the choice first, as ssh(1) offers them. */
export function choosyAgent(socket: string, choice: Choice): BaseAgent<ParsedKey> {
  const agent = createAgent(socket);
  const all = agent.getIdentities.bind(agent);
  agent.getIdentities = (done) =>
    all((error, keys) => done(error, keys && chosen(keys as ParsedKey[], choice)));
  return agent;
}

function chosen(keys: readonly ParsedKey[], { first, only }: Choice): ParsedKey[] {
  const named = first.flatMap((one) => keys.filter((key) => one.equals(key.getPublicSSH())));
  return only ? named : [...named, ...keys.filter((key) => !named.includes(key))];
}
