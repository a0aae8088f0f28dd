import { spawn } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cutLink } from './bridge.ts';
import { makeCgroup, processes, removeCgroup } from './cgroup.ts';
import { container } from './container.ts';
import type { ExecOptions, Outcome } from './exec.ts';
import { isKind } from './kind.ts';
import { type Host, type Net, STATE } from './names.ts';
import type { Platform } from './platform.ts';
import { selinuxHost } from './selinux/selinux-host.ts';
import { director } from './uml/director.ts';
import { until } from './until.ts';

const SUPERVISOR = fileURLToPath(new URL('supervise.sh', import.meta.url));

/** Give a fresh disk what its kind of machine needs there. */
export function equipDisk(host: Host): Promise<void> {
  return platformOf(host).equip(host);
}

/** Switch the host on; its disk must be mounted. Returns at once, the host outlives this process. */
export async function powerOn(net: Net, host: Host): Promise<void> {
  const command = await platformOf(host).assemble(net, host);
  const cgroups = await makeCgroup(host.cgroup);
  await appendFile(consoleLog(host), `--- switched on by process ${process.pid}\n`);
  const args = [SUPERVISOR, consoleLog(host), ...cgroups, '--', ...command];
  const child = spawn('bash', args, { cwd: STATE, detached: true, stdio: 'ignore' });
  child.on('error', () => {}); // a supervisor that never started shows as a host that does not run
  child.unref();
}

/** Ask the host to shut down, as a power button does. */
export async function pressPowerButton(host: Host): Promise<void> {
  if (!(await isOn(host))) return;
  await platformOf(host).pressPowerButton(host);
  const off = async () => ((await isOn(host)) ? undefined : true);
  await until(`${host.name} shut down`, 10, off).catch(() => {}); // powerOff comes next
}

/** Cut the power: every process of the host ends at once. Fine where none is left. */
export async function powerOff(host: Host): Promise<void> {
  await removeCgroup(host.cgroup);
  await cutLink(host);
}

/** Whether any process of the host is there. */
export async function isOn(host: Host): Promise<boolean> {
  return (await processes(host.cgroup)).length > 0;
}

/** What tells this boot of the host from all others; undefined where the host does not run, or has just begun to. */
export function bootOf(host: Host): Promise<string | undefined> {
  return platformOf(host).bootOf(host);
}

/** Run a shell command in the host as root; through sshd only where the host has a kernel of its own. */
export function runInside(host: Host, command: string, options: ExecOptions = {}): Promise<Outcome> {
  return platformOf(host).run(host, command, options);
}

/** What the host said on its console, over all boots of its disk. */
export function consoleLog(host: Host): string {
  return join(host.folder, 'console.log');
}

function platformOf(host: Host): Platform {
  if (host.ownKernel) return director;
  return isKind(host, 'selinux') ? selinuxHost : container;
}
