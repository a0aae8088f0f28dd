import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './until.ts';

/**
 * The control groups of a host: one of its own in every hierarchy of this machine (v1, v2, or both side by side).
 * Without it all hosts share one tree, and their systemds fail with "Failed to kill control group".
 */
export async function makeCgroup(name: string): Promise<string[]> {
  const folders = (await hierarchies()).map((top) => ({ top, path: join(top, name) }));
  for (const { top, path } of folders) {
    await mkdir(path, { recursive: true });
    if (existsSync(join(top, 'cpuset.cpus'))) await inheritCpuset(top, name);
    await weighMore(join(top, name.split('/')[0] ?? name));
  }
  return folders.map(({ path }) => path);
}

/** Kill every process in the group and the groups below, and remove them all; none there is fine. */
export async function removeCgroup(name: string): Promise<void> {
  const unified = join(await unifiedHierarchy(), name);
  if (existsSync(unified)) await writeFile(join(unified, 'cgroup.kill'), '1');
  await until(`the end of the processes of ${name}`, 10, async () =>
    (await processes(name)).length === 0 ? true : undefined,
  );
  for (const top of await hierarchies()) await removeTree(join(top, name));
}

/** The processes in the group and the groups below. */
export async function processes(name: string): Promise<number[]> {
  const folders = await tree(join(await unifiedHierarchy(), name));
  const lists = await Promise.all(
    folders.map((folder) => readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '')),
  );
  return lists.flatMap((list) => list.split('\n').filter(Boolean).map(Number));
}

/** The file of this name that a group has in one of the hierarchies; undefined where none has it. */
export async function controlFile(name: string, file: string): Promise<string | undefined> {
  const files = (await hierarchies()).map((top) => join(top, name, file));
  return files.find((path) => existsSync(path));
}

/** The groups below a group, by name. */
export async function subgroups(name: string): Promise<string[]> {
  return groupsIn(join(await unifiedHierarchy(), name));
}

async function removeTree(top: string): Promise<void> {
  for (const folder of (await tree(top)).reverse()) {
    await until(`the removal of ${folder}`, 5, () =>
      rmdir(folder).then(
        () => true,
        (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? true : undefined),
      ),
    );
  }
}

/** The folder and all below it, parents first; empty where there is none. */
async function tree(top: string): Promise<string[]> {
  if (!existsSync(top)) return [];
  const below = await Promise.all((await groupsIn(top)).map((name) => tree(join(top, name))));
  return [top, ...below.flat()];
}

async function groupsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** A new group of the cpuset hierarchy is empty, and refuses processes until it has CPUs and memory nodes. */
async function inheritCpuset(top: string, name: string): Promise<void> {
  let folder = top;
  for (const part of name.split('/')) {
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      await writeFile(join(folder, part, file), await readFile(join(folder, file)));
    }
    folder = join(folder, part);
  }
}

/** A group counts as one process where processors are short, and all hosts of a lab are in one: they would starve. */
async function weighMore(folder: string): Promise<void> {
  for (const [file, weight] of [
    ['cpu.shares', '8192'],
    ['cpu.weight', '800'],
  ] as const)
    if (existsSync(join(folder, file))) await writeFile(join(folder, file), weight);
}

async function hierarchies(): Promise<string[]> {
  return (await cgroupMounts()).map(({ point }) => point);
}

async function unifiedHierarchy(): Promise<string> {
  const unified = (await cgroupMounts()).find(({ type }) => type === 'cgroup2');
  if (unified === undefined) throw new Error('no cgroup2 hierarchy is mounted on this machine');
  return unified.point;
}

async function cgroupMounts(): Promise<{ type: string; point: string }[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  return mounts.flatMap(([, point = '', type = '']) => (/^cgroup2?$/.test(type) ? [{ type, point }] : []));
}
