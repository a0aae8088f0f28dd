import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Host, UnreachableError } from '../model/index.ts';
import { type PrivateKey, readPrivateKey } from './private-key.ts';

/** One way to prove who we are. */
export type Credential =
  | { readonly type: 'agent'; readonly agent: string }
  | { readonly type: 'publickey'; readonly key: string };

/** What can be offered to a host, in order, and why the rest cannot. */
export interface Credentials {
  readonly offered: readonly Credential[];
  /** For people: what each of them is. */
  readonly names: readonly string[];
  /** For people: keys that could not be used. */
  readonly unusable: readonly string[];
}

export interface CredentialSources {
  readonly agent: string | undefined;
  readonly defaultKeys: readonly string[];
}

export function usualKeys(): string[] {
  return ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(homedir(), '.ssh', name));
}

/** The inventory's key alone, if it names one; else the agent, then the usual keys. */
export async function credentialsFor(host: Host, sources: CredentialSources): Promise<Credentials> {
  const { identityFile } = host;
  if (identityFile === undefined) return collect(sources.agent, await readAll(sources.defaultKeys));
  const key = await readPrivateKey(identityFile);
  if (key.status === 'usable') return collect(undefined, [key]);
  if (key.status === 'encrypted' && sources.agent !== undefined) return collect(sources.agent, [key]);
  throw new UnreachableError(`${host.name}: the key ${key.problem}`, { advice: key.advice });
}

async function readAll(paths: readonly string[]): Promise<PrivateKey[]> {
  const keys = await Promise.all(paths.map(readPrivateKey));
  return keys.filter((key) => key.status !== 'absent');
}

const AGENT = 'the SSH agent';

function collect(agent: string | undefined, keys: readonly PrivateKey[]): Credentials {
  const usable = keys.filter((key) => key.status === 'usable');
  const unusable = keys.flatMap((key) => (key.status === 'usable' ? [] : [key.problem]));
  const agents: Credential[] = agent === undefined ? [] : [{ type: 'agent', agent }];
  return {
    offered: [...agents, ...usable.map(({ text }): Credential => ({ type: 'publickey', key: text }))],
    names: [...agents.map(() => AGENT), ...usable.map(({ path }) => path)],
    unusable,
  };
}

/** What is left to offer when the agent does not work. */
export function withoutAgent({ offered, names, unusable }: Credentials, why: string): Credentials {
  return {
    offered: offered.filter(({ type }) => type !== 'agent'),
    names: names.filter((name) => name !== AGENT),
    unusable: [...unusable, `${AGENT}: ${why}`],
  };
}
