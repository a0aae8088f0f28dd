import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { formatPlace, type Host, InputError } from '../model/index.ts';
import type { ConnectOptions } from './connect-options.ts';
import { withFileLock } from './file-lock.ts';
import { fingerprint, forgetting } from './host-key-check.ts';
import { isAbout, type KnownHost, knownHostName, knownHostsOf } from './known-hosts.ts';

/** What became of a host's keys. */
export interface Forgotten {
  /** Fingerprints of the keys that are gone from the project's file. */
  readonly removed: readonly string[];
  /** Keys that other files still hold, or lines that are about more hosts than this one. */
  readonly left: readonly { readonly fingerprint: string; readonly place: string; readonly advice: string }[];
}

type Files = Pick<ConnectOptions, 'knownHostsFiles' | 'acceptInto'>;

/** Removes a host's keys from the project's file, as `ssh-keygen -R` would; other files are not ours to change. */
export async function forgetHostKeys(host: Host, files: Files): Promise<Forgotten> {
  const { acceptInto } = files;
  const about = await linesAbout(host, files);
  const isOurs = (line: KnownHost) => line.place.file === acceptInto && isHostsOwn(line);
  const removed = about.filter(isOurs);
  if (removed.length > 0)
    await removeLines(acceptInto, async () => (await linesAbout(host, files)).filter(isOurs));
  const left = about.filter((line) => !removed.includes(line));
  return {
    removed: removed.map(({ key }) => fingerprint(key)),
    left: left.map((line) => ({
      fingerprint: fingerprint(line.key),
      place: formatPlace(line.place),
      advice: line.place.file === acceptInto ? 'remove the line by hand' : forgetting(host, line, files),
    })),
  };
}

async function linesAbout(host: Host, files: Files): Promise<KnownHost[]> {
  const name = knownHostName(host);
  const lines = await knownHostsOf(host, files);
  return lines.filter((line) => line.marker === undefined && isAbout(line, name));
}

/** A pattern may be about hosts that nobody asked to forget. */
function isHostsOwn({ patterns }: KnownHost): boolean {
  return !/[*?!]/.test(patterns);
}

/** Looks again under the lock: another run may be adding a key. */
async function removeLines(file: string, toRemove: () => Promise<readonly KnownHost[]>): Promise<void> {
  try {
    await withFileLock(file, async () => {
      const gone = new Set((await toRemove()).map(({ place }) => place.line));
      const lines = (await readFile(file, 'utf8')).split('\n');
      await replace(file, lines.filter((_, index) => !gone.has(index + 1)).join('\n'));
    });
  } catch (error) {
    throw new InputError(`${file} cannot be changed: ${(error as Error).message}`, { cause: error });
  }
}

async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
  await rename(temporary, file);
}
