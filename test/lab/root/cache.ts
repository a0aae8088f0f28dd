import { existsSync } from 'node:fs';
import { mkdir, readdir, readlink, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from '../exec.ts';
import type { Kind } from '../kind.ts';
import { locked } from '../lock.ts';
import { CACHE, STATE } from '../names.ts';
import { OWN_KERNEL_INPUTS } from '../own-kernel/slim-root.ts';
import { QEMU_INPUTS } from '../qemu/kernel.ts';
import { buildSelinuxRoot, SELINUX_INPUTS } from '../selinux/build.ts';
import { buildRoot } from './build.ts';
import { inputsHash, ROOT_INPUTS, RPM_INPUTS } from './inputs.ts';

/** Which root: that of most hosts, or of those with SELinux. */
type Variant = Pick<Kind, 'selinux'>;

const SELINUX_FOLDERS = [SELINUX_INPUTS, OWN_KERNEL_INPUTS, QEMU_INPUTS];

/** Where the root of these inputs is, or will be once it is built. */
export async function currentRoot({ selinux }: Variant = {}): Promise<string> {
  const folders = [ROOT_INPUTS, RPM_INPUTS, ...(selinux ? SELINUX_FOLDERS : [])];
  return join(CACHE, await inputsHash(folders));
}

/**
 * Do something with the root that all hosts share, building it first where the cache has none of these inputs.
 * While it is lent nobody builds or removes one. A root gets its name when it is complete, so that an
 * interrupted build is never taken for one.
 */
export async function lendRoot<T>(
  variant: Variant,
  say: (line: string) => void,
  use: (root: string) => Promise<T>,
): Promise<T> {
  const root = await currentRoot(variant);
  return locked(join(CACHE, 'lock'), say, async () => {
    if (!existsSync(root)) await (variant.selinux ? buildVariant(root, say) : buildPlain(root, say));
    await prune();
    return use(root);
  });
}

function buildPlain(root: string, say: (line: string) => void): Promise<void> {
  return build(root, (folder) => buildRoot(folder, say));
}

/** The root of hosts with SELinux is made from the other one. */
async function buildVariant(root: string, say: (line: string) => void): Promise<void> {
  const plain = await currentRoot();
  if (!existsSync(plain)) await buildPlain(plain, say);
  await build(root, (folder) => buildSelinuxRoot(folder, plain, say));
}

async function build(root: string, make: (folder: string) => Promise<string>): Promise<void> {
  const folder = join(CACHE, 'unfinished');
  await remove(folder);
  await mkdir(folder, { recursive: true });
  await rename(await make(folder), root);
  await remove(folder);
}

/** Remove roots of other inputs that no disk of any lab was made from. */
async function prune(): Promise<void> {
  const current = [await currentRoot(), await currentRoot({ selinux: true })];
  const used = new Set([...current, ...(await rootsInUse())]);
  const roots = (await readdir(CACHE))
    .filter((name) => /^[0-9a-f]{16}$/.test(name))
    .map((name) => join(CACHE, name));
  for (const root of roots) if (!used.has(root)) await remove(root);
}

async function rootsInUse(): Promise<string[]> {
  const entries = await readdir(STATE);
  const disks = await Promise.all(entries.map((net) => disksOf(join(STATE, net, 'hosts'))));
  return Promise.all(disks.flat().map((disk) => readlink(join(disk, 'base')).catch(() => '')));
}

async function disksOf(hosts: string): Promise<string[]> {
  const names = await readdir(hosts).catch(() => []);
  return names.map((name) => join(hosts, name));
}

/** The builds mount nothing in this namespace; should something be mounted there all the same, it is left alone. */
async function remove(folder: string): Promise<void> {
  await must(['rm', '-rf', '--one-file-system', folder], { seconds: 120 });
}
