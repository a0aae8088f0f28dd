import { spawnSync } from 'node:child_process';
import type { Lab } from './lab.ts';

/** Log in to a host, or run a command there; undefined where it does not run: a packet could leave this machine. */
export async function ssh(lab: Lab, name: string, words: readonly string[]): Promise<number | undefined> {
  const host = (await lab.status()).find((each) => each.name === name);
  if (host === undefined || host.state === 'off') return undefined;
  const options = ['IdentitiesOnly=yes', `UserKnownHostsFile=${lab.knownHosts}`, 'StrictHostKeyChecking=yes'];
  const args = [
    '-i',
    lab.key,
    ...options.flatMap((option) => ['-o', option]),
    `${host.stock ? 'deploy' : 'root'}@${host.address}`,
    ...words,
  ];
  return spawnSync('ssh', args, { stdio: 'inherit' }).status ?? 1;
}
