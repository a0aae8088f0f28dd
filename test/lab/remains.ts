import { readdir, readFile } from 'node:fs/promises';
import { must } from './exec.ts';
import { tablesOf } from './faults/table.ts';
import { mountPoints } from './mounts.ts';
import type { Net } from './names.ts';

/** All that a lab has on this machine beside its keys, found by looking at the machine and not at the lab's own notes. */
export async function remains(net: Net): Promise<string[]> {
  const found = await Promise.all([
    processes(net),
    mounts(net),
    links(net),
    cgroups(net),
    routes(net),
    tables(net),
  ]);
  return found.flat();
}

async function processes({ cgroup }: Net): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const alive = await Promise.all(pids.map((pid) => runsIn(pid, cgroup)));
  return pids.filter((_, index) => alive[index]).map((pid) => `process ${pid}`);
}

/** A zombie does not count: it has ended, and only waits for its parent to take note. */
async function runsIn(pid: string, cgroup: string): Promise<boolean> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  return (await read('cgroup')).includes(`/${cgroup}/`) && !/^State:\sZ/m.test(await read('status'));
}

async function mounts({ state }: Net): Promise<string[]> {
  const points = mountPoints(await readFile('/proc/self/mountinfo', 'utf8'));
  return points.filter((point) => point.startsWith(`${state}/`)).map((point) => `mount ${point}`);
}

async function links({ bridge, number }: Net): Promise<string[]> {
  const names = await readdir('/sys/class/net');
  return names.filter((name) => name === bridge || name.endsWith(`-${number}`)).map((name) => `link ${name}`);
}

async function cgroups({ cgroup }: Net): Promise<string[]> {
  const folders = await must(['find', '/sys/fs/cgroup', '-type', 'd', '-name', cgroup]);
  return folders.split('\n').filter(Boolean);
}

async function tables(net: Net): Promise<string[]> {
  return (await tablesOf(net)).map((table) => `nftables ${table}`);
}

async function routes({ cidr }: Net): Promise<string[]> {
  const table = (await must(['ip', 'route', 'show', 'table', 'all'])).split('\n');
  const start = cidr.replace('.0/24', '.');
  return table.filter((route) => route.includes(` ${start}`) || route.startsWith(start));
}
