import { appendFile, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Host, InputError } from '../model/index.ts';
import type { ConnectOptions } from './connect-options.ts';
import { keyType } from './judge-host-key.ts';
import { type KnownHost, knownHostName, parseKnownHosts } from './known-hosts.ts';

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
  { knownHostsFiles, acceptInto }: Pick<ConnectOptions, 'knownHostsFiles' | 'acceptInto'>,
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

/** Keeps a first key. One short write at the end of the file: several hosts can do so at once. */
export async function keepHostKey(file: string, host: Host, key: Buffer): Promise<void> {
  const line = `${knownHostName(host)} ${keyType(key)} ${key.toString('base64')}\n`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await appendFile(file, (await endsInLine(file)) ? line : `\n${line}`, { mode: 0o600 });
  } catch (error) {
    throw new InputError(
      `the host key of ${host.name} cannot be kept in ${file}: ${(error as Error).message}`,
    );
  }
}

async function endsInLine(file: string): Promise<boolean> {
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    return size === 0 || buffer[0] === 10;
  } finally {
    await handle.close();
  }
}
