import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Host, InputError } from '../model/index.ts';
import type { ConnectOptions } from './connect-options.ts';
import { withFileLock } from './file-lock.ts';
import { judgeHostKey, keyType, type Verdict } from './judge-host-key.ts';
import { type KnownHost, knownHostName, parseKnownHosts } from './known-hosts.ts';

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
