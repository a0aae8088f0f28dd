import { createHmac } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Host, InputError, type Place } from '../model/index.ts';
import type { ConnectOptions } from './connect-options.ts';
import { withFileLock } from './file-lock.ts';

/** One line of a known_hosts file; see sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
export interface KnownHost {
  readonly marker: string | undefined;
  readonly patterns: string;
  readonly type: string;
  readonly key: Buffer;
  readonly place: Place;
}

const LINE = /^\s*(?:(@\S+)\s+)?(\S+)\s+([\w.@-]+)\s+([A-Za-z0-9+/]+=*)/;

/** Every line that holds a key; comments and what cannot be read are passed over, as ssh does. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((line, index) => {
    const match = LINE.exec(line);
    if (!match || line.trimStart().startsWith('#')) return [];
    const [, marker, patterns = '', type = '', key = ''] = match;
    return [{ marker, patterns, type, key: Buffer.from(key, 'base64'), place: { file, line: index + 1 } }];
  });
}

/** What known_hosts goes by. */
type KeyOwner = Pick<Host, 'address' | 'port' | 'ssh' | 'legacyAlgorithms'>;

/** How known_hosts names a host: the port is part of the name unless it is 22, or ssh was given an alias for it. */
export function knownHostName({ address, port, ssh }: KeyOwner): string {
  if (ssh?.hostKeyAlias !== undefined) return ssh.hostKeyAlias.toLowerCase();
  return (port === 22 ? address : `[${address}]:${port}`).toLowerCase();
}

/** Is the line about the host of this name? */
export function isAbout(known: KnownHost, name: string): boolean {
  if (known.patterns.startsWith('|')) return matchesHash(known.patterns, name);
  const patterns = known.patterns.split(',');
  const excluded = patterns.some((pattern) => pattern.startsWith('!') && glob(pattern.slice(1)).test(name));
  return !excluded && patterns.some((pattern) => glob(pattern).test(name));
}

function matchesHash(pattern: string, name: string): boolean {
  const [, version, salt = '', hash] = pattern.split('|');
  const expected = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64');
  return version === '1' && hash === expected;
}

function glob(pattern: string): RegExp {
  const escaped = pattern.toLowerCase().replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

/** What the known_hosts files say of the key that a host showed. */
export type Verdict =
  | { readonly status: 'known' | 'unknown' }
  /** `known` is the line that says otherwise; `vouched`: there is only one of a certificate authority. */
  | { readonly status: 'changed' | 'other-type' | 'revoked' | 'vouched'; readonly known: KnownHost };

/** Judges as ssh(1) does with StrictHostKeyChecking=yes; certificates are not supported. */
export function judgeHostKey(lines: readonly KnownHost[], host: KeyOwner, key: Buffer): Verdict {
  const holds = (line: KnownHost) => line.key.equals(key);
  const revoked = [...named(lines, host, '@revoked'), ...bare(lines, host, '@revoked')].find(holds);
  if (revoked) return { status: 'revoked', known: revoked };
  const known = named(lines, host);
  if (linesFor(lines, host).some(holds)) return { status: 'known' };
  const sameType = known.find((line) => line.type === keyType(key));
  if (sameType) return { status: 'changed', known: sameType };
  if (known[0]) return { status: 'other-type', known: known[0] };
  const [authority] = [...named(lines, host, '@cert-authority'), ...bare(lines, host, '@cert-authority')];
  return authority ? { status: 'vouched', known: authority } : { status: 'unknown' };
}

const ALGORITHMS: readonly (readonly [type: string, ...algorithms: string[]])[] = [
  ['ssh-ed25519', 'ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256'],
  ['ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp384'],
  ['ecdsa-sha2-nistp521', 'ecdsa-sha2-nistp521'],
  ['ssh-rsa', 'rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
];

/**
 * What to ask the server for, known keys first: it would show another one, which looks like a changed key. Signatures
 * with SHA-1 (`ssh-rsa`) only where the host allows them.
 */
export function hostKeyAlgorithms(lines: readonly KnownHost[], host: KeyOwner): string[] {
  const types = new Set(linesFor(lines, host).map((line) => line.type));
  const order = [true, false].flatMap((first) => ALGORITHMS.filter(([type]) => types.has(type) === first));
  const isOffered = (name: string) => name !== 'ssh-rsa' || host.legacyAlgorithms?.includes(name);
  return order.flatMap(([, ...algorithms]) => algorithms.filter(isOffered));
}

/** Whether any key of the host is known. */
export function isNamed(lines: readonly KnownHost[], host: KeyOwner): boolean {
  return linesFor(lines, host).length > 0;
}

/** The key's type, as it says itself. */
export function keyType(key: Buffer): string {
  return key.toString('latin1', 4, 4 + key.readUInt32BE(0));
}

function linesFor(lines: readonly KnownHost[], host: KeyOwner): KnownHost[] {
  const known = named(lines, host);
  return known.length > 0 ? known : bare(lines, host);
}

function named(lines: readonly KnownHost[], host: KeyOwner, marker?: string): KnownHost[] {
  const name = knownHostName(host);
  return lines.filter((line) => line.marker === marker && isAbout(line, name));
}

/** Lines that name the host without a port: ssh believes these too, but never holds them against a host. */
function bare(lines: readonly KnownHost[], host: KeyOwner, marker?: string): KnownHost[] {
  return named(lines, { ...host, port: 22 }, marker);
}

type Files = Pick<ConnectOptions, 'knownHostsFiles' | 'acceptInto'>;

/** The lines of all these files; one that does not exist has none. */
async function readKnownHosts(files: readonly string[]): Promise<KnownHost[]> {
  const lines = await Promise.all(
    [...new Set(files)].map(async (file) => parseKnownHosts(await read(file), file)),
  );
  return lines.flat();
}

/** The lines that count for a host: of the files that ssh's configuration names, or the usual ones, and our own. */
export function knownHostsOf(
  { ssh }: Pick<Host, 'ssh'>,
  { knownHostsFiles, acceptInto }: Files,
): Promise<KnownHost[]> {
  return readKnownHosts([...(ssh?.knownHostsFiles ?? knownHostsFiles), acceptInto]);
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw new InputError(`the known host keys in ${file} cannot be read: ${message}`);
  }
}

/**
 * Stores a first key, unless another connection has stored one of this host meanwhile: the verdict is what the files
 * said just before, and only a key that was new then is stored.
 */
export async function storeHostKey(host: Host, key: Buffer, files: Files): Promise<Verdict> {
  const line = `${knownHostName(host)} ${keyType(key)} ${key.toString('base64')}\n`;
  return writing(host, files.acceptInto, (file) =>
    withFileLock(file, async () => {
      const verdict = judgeHostKey(await knownHostsOf(host, files), host, key);
      if (verdict.status === 'unknown' || verdict.status === 'vouched') await append(file, line);
      return verdict;
    }),
  );
}

/** Rejects if a first key of the host could not be stored: ssh, which does it for jump hosts, would go on without. */
export async function checkStorable(host: Host, file: string): Promise<void> {
  await writing(host, file, async () => {
    const handle = await open(file, 'a', 0o600);
    await handle.close();
  });
}

async function writing<T>(host: Host, file: string, task: (file: string) => Promise<T>): Promise<T> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    return await task(file);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const message = `the host key of ${host.name} cannot be stored in ${file}: ${(error as Error).message}`;
    const advice =
      'Nothing was offered to the host. Make the file and its folder writable for the user who runs trueup, or set ' +
      'hostKeys: strict and add the key to your known_hosts.';
    throw new InputError(message, { advice, cause: error });
  }
}

/** At the end, where ssh and older versions may append as well; all of the line or nothing. */
async function append(file: string, line: string): Promise<void> {
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    const text = size === 0 || buffer[0] === 10 ? line : `\n${line}`;
    await handle.writeFile(text).catch(async (error) => {
      // The first part of a key would count as another key of the host.
      await handle.truncate(size);
      throw error;
    });
  } finally {
    await handle.close();
  }
}
