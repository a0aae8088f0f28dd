import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { awaitBoot, greets, settledState } from './boot.ts';
import { closeBridge, isPlugged, openBridge } from './bridge.ts';
import { removeCgroup } from './cgroup.ts';
import { discardDisk, freshDisk, hasDisk, mountDisk } from './disk.ts';
import type { ExecOptions, Outcome } from './exec.ts';
import { CLIENT_KEY, ensureKeys, knownHosts } from './keys.ts';
import { locked } from './lock.ts';
import { initOf, powerOff, powerOn, pressPowerButton, runInside } from './machine.ts';
import { DEFAULT_NET, type Host, labNet, type Net, pick } from './names.ts';
import { ensureTools } from './prerequisites.ts';
import { lendRoot } from './root/cache.ts';

export interface HostStatus {
  name: string;
  address: string;
  /** 'off', or what systemd says of itself: running, degraded, starting … */
  state: string;
}

/**
 * Real hosts to test against: systemd-nspawn machines which look and work like CentOS Stream 9.
 * Every method waits for other lab commands on the same net, and copes with what a crash has left behind.
 */
export interface Lab {
  /** Such as 10.61.0.0/24. */
  readonly net: string;
  /** Addresses by host name. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Path of the private key that root of every host lets in. */
  readonly key: string;
  /** Path of a known_hosts file with the keys of all hosts. */
  readonly knownHosts: string;
  /** Start the hosts (all without names) that do not run; returns when they have booted and sshd greets. */
  up(names?: readonly string[]): Promise<void>;
  /** Stop all hosts and leave nothing on this machine but the keys and the cached root. */
  down(): Promise<void>;
  /** Make hosts as they were before anybody touched them, with their host keys; returns when they have booted. */
  reset(names: readonly string[]): Promise<void>;
  /** Reboot a host the orderly way; returns when it has booted again. */
  reboot(name: string): Promise<void>;
  /** How each host stands. */
  status(): Promise<HostStatus[]>;
  /**
   * Run a shell command in a host as root, not through sshd: it works with the network cut or sshd broken too.
   * `code` is null where the deadline (`seconds`, default 60) has ended it.
   */
  run(name: string, command: string, options?: ExecOptions): Promise<Outcome>;
  /** Path of the host's mounted disk on this machine. */
  rootOf(name: string): string;
}

/** The lab of a net, running or not; nothing happens before the first call. */
export function openLab(cidr: string = DEFAULT_NET, say: (line: string) => void = () => {}): Lab {
  const net = labNet(cidr);
  const one = (name: string) => pick(net, [name])[0] as Host;
  const alone = <T>(work: () => Promise<T>) => locked(join(net.state, 'lock'), say, work);
  return {
    net: net.cidr,
    hosts: Object.fromEntries(net.hosts.map(({ name, address }) => [name, address])),
    key: CLIENT_KEY,
    knownHosts: knownHosts(net),
    up: (names) => alone(() => up(net, pick(net, names), say)),
    down: () => alone(() => down(net)),
    reset: (names) => alone(() => reset(net, pick(net, names), say)),
    reboot: (name) => alone(() => reboot(one(name))),
    status: () => Promise.all(net.hosts.map(status)),
    run: (name, command, options) => runInside(one(name), command, options),
    rootOf: (name) => one(name).root,
  };
}

async function up(net: Net, hosts: readonly Host[], say: (line: string) => void): Promise<void> {
  await ensureTools(say);
  await ensureKeys(net);
  await openBridge(net);
  const running = await Promise.all(hosts.map((host) => isUp(net, host)));
  await start(
    net,
    hosts.filter((_, i) => !running[i]),
    say,
  );
}

/** Hosts that lost their power boot from their own disks again, others get a fresh one. */
async function start(net: Net, hosts: readonly Host[], say: (line: string) => void): Promise<void> {
  await Promise.all(hosts.map(powerOff));
  const bare = hosts.filter((host) => !hasDisk(host));
  if (bare.length > 0)
    await lendRoot(say, (root) => Promise.all(bare.map((host) => freshDisk(net, host, root))));
  await Promise.all(hosts.map((host) => boot(net, host)));
}

async function boot(net: Net, host: Host): Promise<void> {
  await mountDisk(host);
  await powerOn(net, host);
  await awaitBoot(host);
}

async function down(net: Net): Promise<void> {
  await Promise.all(
    net.hosts.map(async (host) => {
      await pressPowerButton(host);
      await powerOff(host);
      await discardDisk(host);
    }),
  );
  await removeCgroup(net.cgroup);
  await closeBridge(net);
  await rm(join(net.state, 'hosts'), { recursive: true, force: true });
}

async function reset(net: Net, hosts: readonly Host[], say: (line: string) => void): Promise<void> {
  await ensureTools(say);
  await ensureKeys(net);
  await openBridge(net);
  await Promise.all(
    hosts.map(async (host) => {
      await powerOff(host);
      await discardDisk(host);
    }),
  );
  await start(net, hosts, say);
}

async function reboot(host: Host): Promise<void> {
  const init = await initOf(host);
  await runInside(host, 'systemctl reboot');
  await awaitBoot(host, init);
}

async function isUp(net: Net, host: Host): Promise<boolean> {
  if ((await initOf(host)) === undefined || !(await isPlugged(net, host))) return false;
  return (await greets(host)) === true && (await settledState(host)) !== undefined;
}

async function status(host: Host): Promise<HostStatus> {
  const { name, address } = host;
  if ((await initOf(host)) === undefined) return { name, address, state: 'off' };
  return { name, address, state: (await runInside(host, 'systemctl is-system-running')).stdout.trim() };
}
