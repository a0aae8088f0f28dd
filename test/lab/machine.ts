import { spawn } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cutLink } from './bridge.ts';
import { makeCgroup, processes, removeCgroup } from './cgroup.ts';
import { type ExecOptions, exec, type Outcome } from './exec.ts';
import { type Host, type Net, STATE } from './names.ts';
import { until } from './until.ts';

const SUPERVISOR = fileURLToPath(new URL('supervise.sh', import.meta.url));

/** Switch the host on; its disk must be mounted. Returns at once, the host outlives this process. */
export async function powerOn(net: Net, host: Host): Promise<void> {
  const cgroups = await makeCgroup(host.cgroup);
  await appendFile(consoleLog(host), `--- switched on by process ${process.pid}\n`);
  const args = [host.machine, host.hostname, host.root, net.bridge, consoleLog(host), ...cgroups];
  const child = spawn('bash', [SUPERVISOR, ...args], { cwd: STATE, detached: true, stdio: 'ignore' });
  child.on('error', () => {}); // a supervisor that never started shows as a host that does not run
  child.unref();
}

/** Ask the host to shut down, as a power button does. */
export async function pressPowerButton(host: Host): Promise<void> {
  const running = await processes(host.cgroup);
  for (const pid of running) if ((await commandName(pid)) === 'systemd-nspawn') signal(pid, 'SIGTERM');
  if (running.length > 0) {
    await until(`${host.name} shut down`, 10, () => whenGone(host)).catch(() => {}); // powerOff comes next
  }
}

/** Cut the power: every process of the host ends at once. Fine where none is left. */
export async function powerOff(host: Host): Promise<void> {
  await removeCgroup(host.cgroup);
  await cutLink(host);
}

/** The process ID of the host's init, seen from here; undefined where the host does not run, or has just begun to. */
export async function initOf(host: Host): Promise<number | undefined> {
  for (const pid of await processes(host.cgroup)) if (await isInit(pid)) return pid;
  return undefined;
}

/** Run a shell command in the host as root: through its namespaces, not sshd, so it works with the network cut too. */
export async function runInside(host: Host, command: string, options: ExecOptions = {}): Promise<Outcome> {
  const init = await initOf(host);
  if (init === undefined) throw new Error(`${host.name} does not run`);
  return runBeside(init, command, options);
}

/** The same, where the host's init is known. */
export function runBeside(init: number, command: string, options: ExecOptions = {}): Promise<Outcome> {
  return exec([...enterCommand(init), 'sh', '-c', command], options);
}

/** What comes before a command that runs in the host of this init. */
export function enterCommand(init: number): string[] {
  const enter = ['nsenter', '--target', `${init}`, '--all', '--root', '--wd'];
  const env = [
    'env',
    '-i',
    'HOME=/root',
    'LANG=C.UTF-8',
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin',
  ];
  return [...enter, ...env];
}

/** What the host said on its console, over all boots of its disk. */
export function consoleLog(host: Host): string {
  return join(host.folder, 'console.log');
}

async function whenGone(host: Host): Promise<true | undefined> {
  return (await processes(host.cgroup)).length === 0 ? true : undefined;
}

/** An init is process 1 in the namespace one level below ours. */
async function isInit(pid: number): Promise<boolean> {
  const [ours, theirs] = await Promise.all([namespacePids('self'), namespacePids(pid)]);
  return theirs.length === ours.length + 1 && theirs.at(-1) === '1';
}

async function namespacePids(pid: number | 'self'): Promise<string[]> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /^NSpid:\s*(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
}

async function commandName(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended meanwhile
  }
}
