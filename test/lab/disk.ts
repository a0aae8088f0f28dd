import { existsSync } from 'node:fs';
import { chmod, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { baseLink } from './base-link.ts';
import { must } from './exec.ts';
import { giveIdentity } from './identity.ts';
import { type Kind, rememberKind } from './kind.ts';
import { equipDisk } from './machine.ts';
import { mountsBelow, unmountBelow } from './mounts.ts';
import type { Host, Net } from './names.ts';

/** A disk with nothing on it but the shared root and who the host is. */
export async function freshDisk(net: Net, host: Host, sharedRoot: string, kind: Kind = {}): Promise<void> {
  await discardDisk(host);
  for (const part of ['upper', 'work', 'root']) await mkdir(at(host, part), { recursive: true });
  await chmod(at(host, 'upper'), 0o755); // it becomes the mode of /, whatever our umask
  if (kind.selinux) await rememberKind(host, 'selinux'); // the way to equip and to boot it depends on it
  await mountLayers(host, sharedRoot);
  await giveIdentity(net, host);
  await equipDisk(host);
  await symlink(sharedRoot, baseLink(host)); // last: a disk without it is half made
}

/** Nothing to do where the disk has become an image. */
export async function mountDisk(host: Host): Promise<void> {
  if (existsSync(at(host, 'upper')) && (await mountsBelow(host.root)).length === 0)
    await mountLayers(host, await readlink(baseLink(host)));
}

/** The host's own layer over the shared root. */
async function mountLayers(host: Host, sharedRoot: string): Promise<void> {
  const layers = { lowerdir: sharedRoot, upperdir: at(host, 'upper'), workdir: at(host, 'work') };
  const options = Object.entries(layers).map((pair) => pair.join('='));
  await must(['mount', '-t', 'overlay', host.machine, '-o', options.join(','), host.root]);
}

export async function discardDisk(host: Host): Promise<void> {
  await unmountBelow(host.folder);
  await rm(host.folder, { recursive: true, force: true });
}

/** Whether there is a disk that a host can boot from: after a power cut there is, after `down` there is none. */
export function hasDisk(host: Host): boolean {
  return existsSync(join(baseLink(host), 'etc'));
}

/** Whether the host's disk was made from this shared root. */
export async function liesOver(host: Host, sharedRoot: string): Promise<boolean> {
  return (await readlink(baseLink(host))) === sharedRoot;
}

function at(host: Host, part: string): string {
  return join(host.folder, part);
}
