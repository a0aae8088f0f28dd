import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { must } from './exec.ts';
import { locked } from './lock.ts';
import { type Host, type Net, STATE } from './names.ts';

/** The private key that root of every host of every lab lets in. */
export const CLIENT_KEY = join(STATE, 'id_ed25519');

/** Where the host key of a host is kept; its disk gets a copy, so that it survives `reset` and `down`. */
export function hostKey(host: Host): string {
  return join(host.keys, 'ssh_host_ed25519_key');
}

export function knownHosts(net: Net): string {
  return join(net.state, 'known_hosts');
}

/** Make the keys that are missing: of the client, of the hosts, and the known_hosts file that goes with them. */
export async function ensureKeys(net: Net, say: (line: string) => void): Promise<void> {
  await locked(join(STATE, 'lock'), say, () => ensureKey(CLIENT_KEY, 'trueup-lab'));
  for (const host of net.hosts) await ensureKey(hostKey(host), host.hostname);
  const lines = await Promise.all(net.hosts.map(knownHostLine));
  await writeFile(knownHosts(net), lines.join(''));
}

async function ensureKey(file: string, comment: string): Promise<void> {
  if (existsSync(`${file}.pub`)) return;
  await mkdir(dirname(file), { recursive: true });
  await must([
    'sh',
    '-c',
    'rm -f "$1" && ssh-keygen -q -t ed25519 -N "" -C "$2" -f "$1"',
    'sh',
    file,
    comment,
  ]);
}

async function knownHostLine(host: Host): Promise<string> {
  const [type, key] = (await readFile(`${hostKey(host)}.pub`, 'utf8')).split(' ');
  return `${host.address} ${type} ${key}\n`;
}
