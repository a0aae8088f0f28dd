import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { knownHosts } from './keys.ts';
import type { Net } from './names.ts';

/** Where trueup keeps the first keys of hosts that this checkout's playbooks are run on. */
export const PROJECTS = resolve(import.meta.dirname, '../../.trueup/known_hosts');

/**
 * Puts the keys that the hosts of a lab have into a project's known_hosts, in place of what it holds of them: whoever
 * builds a lab anew, or gives a host its own key back, is not left with hosts that trueup refuses.
 */
export async function refreshKnownHosts(net: Net, file = PROJECTS): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const addresses = new Set(net.hosts.map(({ address }) => address));
  const others = text.split('\n').filter((line) => line !== '' && !addresses.has(line.split(' ')[0] ?? ''));
  const fresh = `${[...others, ''].join('\n')}${await readFile(knownHosts(net), 'utf8')}`;
  if (fresh === text) return;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, fresh, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
