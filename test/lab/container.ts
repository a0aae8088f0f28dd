import { readFile } from 'node:fs/promises';
import { processes } from './cgroup.ts';
import { type ExecOptions, exec, type Outcome } from './exec.ts';
import type { Host } from './names.ts';
import type { Platform } from './platform.ts';

/** A host that shares this machine's kernel: systemd-nspawn. */
export const container: Platform = {
  async equip() {},
  assemble: async ({ bridge }, { root, machine, hostname }) => [
    ...['env', 'SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1', 'systemd-nspawn', '--quiet', '--boot', '--settings=no'],
    ...['--register=no', '--keep-unit', `--directory=${root}`, `--machine=${machine}`],
    ...[`--hostname=${hostname}`, `--network-bridge=${bridge}`, '--capability=CAP_NET_ADMIN'],
    ...['--kill-signal=SIGRTMIN+3', '--resolv-conf=off', '--timezone=off', '--link-journal=no'],
  ],
  async pressPowerButton(host) {
    for (const pid of await processes(host.cgroup))
      if ((await commandName(pid)) === 'systemd-nspawn') signal(pid, 'SIGTERM');
  },
  async bootOf(host) {
    return (await initOf(host))?.toString();
  },
  run: runBeside,
};

/** The process ID of the host's init, seen from here; undefined where the host does not run, or has just begun to. */
export async function initOf(host: Host): Promise<number | undefined> {
  for (const pid of await processes(host.cgroup)) if (await isInit(pid)) return pid;
  return undefined;
}

/** Through the host's namespaces, not sshd, so it works with the network cut too. */
async function runBeside(host: Host, command: string, options: ExecOptions = {}): Promise<Outcome> {
  const init = await initOf(host);
  if (init === undefined) throw new Error(`${host.name} does not run`);
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
