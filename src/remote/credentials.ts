import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { BaseAgent, ParsedKey } from 'ssh2';
import { type Host, type Secret, UnreachableError } from '../model/index.ts';
import { hostSecret, type SecretOf } from './connect-options.ts';
import { type PrivateKey, readPrivateKey } from './private-key.ts';
import { ssh2 } from './ssh2.ts';

/** One way to prove who we are. */
export type Credential =
  | { readonly type: 'agent'; readonly agent: string; readonly choice: Choice }
  | { readonly type: 'publickey'; readonly key: string; readonly passphrase?: string }
  | { readonly type: 'password'; readonly password: string };

/** What can be offered to a host, in order, and why the rest cannot. */
export interface Credentials {
  readonly offered: readonly Credential[];
  /** For people: what each of them is. */
  readonly names: readonly string[];
  /** For people: keys that could not be used. */
  readonly unusable: readonly string[];
  /** What to do about the first of those that an agent could have held. */
  readonly advice?: string;
}

interface CredentialSources {
  readonly agent: string | undefined;
  readonly defaultKeys: readonly string[];
  readonly secretOf?: SecretOf | undefined;
}

export function usualKeys(): string[] {
  return ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(homedir(), '.ssh', name));
}

/** The socket of the agent to ask: that of the host's configuration, the one given, or that of the environment. */
export function agentFor({ ssh }: Host, given: string | undefined): string | undefined {
  const agent = ssh?.identityAgent ?? given ?? process.env.SSH_AUTH_SOCK;
  return agent === 'none' ? undefined : agent || undefined;
}

/**
 * The inventory's key alone, if it names one; else the keys that ssh's configuration names, then the agent, then the
 * usual keys. A password comes last.
 */
export async function credentialsFor(host: Host, sources: CredentialSources): Promise<Credentials> {
  const password = hostSecret('TRUEUP_SSH_PASSWORD', host, sources.secretOf);
  return withPassword(withCertificates(await keysFor(host, sources), host), password);
}

async function keysFor(
  host: Host,
  { agent, defaultKeys, secretOf }: CredentialSources,
): Promise<Credentials> {
  const passphrase = hostSecret('TRUEUP_KEY_PASSPHRASE', host, secretOf);
  const { identityFile, ssh } = host;
  if (identityFile === undefined) {
    const keys = await readAll(ssh?.identityFiles ?? defaultKeys, passphrase);
    const only = ssh?.identitiesOnly === true;
    const given = collect(only && !keys.some(mayBeHeld) ? undefined : agent, keys, only);
    return ssh?.identityFiles.every(isUsual) === false ? keysFirst(given) : given;
  }
  const key = await readPrivateKey(identityFile, passphrase);
  if (key.status === 'usable') return collect(undefined, [key], true);
  if (mayBeHeld(key) && agent !== undefined) return collect(agent, [key], true);
  throw new UnreachableError(`${host.name}: the key ${key.problem}`, { advice: key.advice });
}

/** Whether an agent may hold a key that cannot be used from its file. */
export function mayBeHeld({ status }: PrivateKey): boolean {
  return status === 'encrypted' || status === 'public';
}

/** sshd may let somebody in for a certificate alone: then a refusal has to say that none was shown. */
function withCertificates(keys: Credentials, { identityFile, ssh }: Host): Credentials {
  const files = [...(identityFile === undefined ? (ssh?.identityFiles ?? []) : [identityFile])];
  const all = new Set([...(ssh?.certificateFiles ?? []), ...files.map((file) => `${file}-cert.pub`)]);
  const there = [...all].filter((file) => existsSync(file));
  const why = there.map(
    (file) => `${file} is a certificate, and cannot be offered here: the key itself must be let in`,
  );
  return { ...keys, unusable: [...keys.unusable, ...why] };
}

/** What ssh tries where its configuration names no key. */
function isUsual(path: string): boolean {
  return /\/\.ssh\/id_(rsa|dsa|xmss|ecdsa|ed25519)(_sk)?$/.test(path);
}

/** A key that somebody chose comes before what the agent happens to hold: sshd takes few tries (MaxAuthTries). */
function keysFirst(credentials: Credentials): Credentials {
  const { offered, names } = credentials;
  if (offered[0]?.type !== 'agent') return credentials;
  const turned = <T>(list: readonly T[]) => [...list.slice(1), ...list.slice(0, 1)];
  return { ...credentials, offered: turned(offered), names: turned(names) };
}

async function readAll(paths: readonly string[], passphrase: Secret | undefined): Promise<PrivateKey[]> {
  const keys = await Promise.all(paths.map((path) => readPrivateKey(path, passphrase)));
  return keys.filter((key) => key.status !== 'absent');
}

const AGENT = 'the SSH agent';

/** `only`: of the agent's keys these alone, as far as it is known which they are. */
function collect(agent: string | undefined, keys: readonly PrivateKey[], only: boolean): Credentials {
  const usable = keys.filter((key) => key.status === 'usable');
  const unusable = keys.flatMap((key) => (key.status === 'usable' ? [] : [key.problem]));
  const first = keys.flatMap(({ publicKey }) => publicKey ?? []);
  const choice = { first, only: only && keys.filter(mayBeHeld).every(({ publicKey }) => publicKey) };
  const agents: Credential[] = agent === undefined ? [] : [{ type: 'agent', agent, choice }];
  const held = keys.find(mayBeHeld);
  return {
    offered: [...agents, ...usable.map(publicKey)],
    names: [...agents.map(() => AGENT), ...usable.map(nameOf)],
    unusable,
    ...(held && held.status !== 'usable' ? { advice: held.advice } : {}),
  };
}

type UsableKey = Extract<PrivateKey, { status: 'usable' }>;

function publicKey({ text, passphrase }: UsableKey): Credential {
  return { type: 'publickey', key: text, ...(passphrase ? { passphrase: passphrase.reveal() } : {}) };
}

function nameOf({ path, passphrase }: UsableKey): string {
  return passphrase ? `${path} (if ${passphrase.name} opens it)` : path;
}

function withPassword(keys: Credentials, password: Secret | undefined): Credentials {
  if (!password) return keys;
  const { offered, names } = keys;
  return {
    ...keys,
    offered: [...offered, { type: 'password', password: password.reveal() }],
    names: [...names, `the password ${password.name}`],
  };
}

/** What is left to offer when the agent does not work. */
export function withoutAgent(credentials: Credentials, why: string): Credentials {
  const { offered, names, unusable } = credentials;
  return {
    ...credentials,
    offered: offered.filter(({ type }) => type !== 'agent'),
    names: names.filter((name) => name !== AGENT),
    unusable: [...unusable, `${AGENT}: ${why}`],
  };
}

/** Which of an agent's keys to offer: sshd takes few tries (MaxAuthTries), and an agent may hold many. */
interface Choice {
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
