import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { awaitBoot, isBooted } from './boot.ts';
import { closeBridge, openBridge } from './bridge.ts';
import { removeCgroup } from './cgroup.ts';
import { discardDisk, freshDisk, hasDisk, liesOver, mountDisk } from './disk.ts';
import { ensureKeys } from './keys.ts';
import { raiseLimits } from './limits.ts';
import { initOf, powerOff, powerOn, pressPowerButton, runInside } from './machine.ts';
import type { Host, Net } from './names.ts';
import { currentRoot, lendRoot } from './root/cache.ts';

/** Words for whoever waits. */
type Say = (line: string) => void;

export interface HostStatus {
  name: string;
  address: string;
  /** 'off', or what systemd says of itself: running, degraded, starting … */
  state: string;
}

export async function up(net: Net, hosts: readonly Host[], say: Say): Promise<void> {
  await ensureKeys(net, say);
  await openBridge(net);
  const running = await Promise.all(hosts.map((host) => isUp(host)));
  const off = hosts.filter((_, index) => !running[index]);
  await start(net, off, say);
  await tellOutdated(hosts, say);
}

/** With an orderly shutdown, as a host may be writing what somebody looks at afterwards. */
export async function down(net: Net): Promise<void> {
  await Promise.all(net.hosts.map((host) => pressPowerButton(host).then(() => scrap(host))));
  await removeCgroup(net.cgroup);
  await closeBridge(net);
  await rm(join(net.state, 'hosts'), { recursive: true, force: true });
}

export async function reset(net: Net, hosts: readonly Host[], say: Say): Promise<void> {
  await ensureKeys(net, say);
  await openBridge(net);
  await Promise.all(hosts.map(scrap));
  await start(net, hosts, say);
}

export async function reboot(host: Host): Promise<void> {
  const init = await initOf(host);
  await runInside(host, 'systemctl reboot');
  await awaitBoot(host, init);
}

export async function status(host: Host): Promise<HostStatus> {
  const { name, address } = host;
  if ((await initOf(host)) === undefined) return { name, address, state: 'off' };
  const { stdout } = await runInside(host, 'systemctl is-system-running');
  return { name, address, state: stdout.trim() || 'no answer' };
}

/** A host that lost its power boots from its own disk again, any other gets a fresh one. */
async function start(net: Net, hosts: readonly Host[], say: Say): Promise<void> {
  await raiseLimits();
  await Promise.all(hosts.map(powerOff));
  const bare = hosts.filter((host) => !hasDisk(host));
  if (bare.length > 0) await lendRoot(say, (root) => eachFresh(net, bare, root));
  await Promise.all(hosts.map((host) => boot(net, host)));
}

async function eachFresh(net: Net, hosts: readonly Host[], root: string): Promise<void> {
  await Promise.all(hosts.map((host) => freshDisk(net, host, root)));
}

async function boot(net: Net, host: Host): Promise<void> {
  await mountDisk(host);
  await powerOn(net, host);
  await awaitBoot(host);
}

async function scrap(host: Host): Promise<void> {
  await powerOff(host);
  await discardDisk(host);
}

async function isUp(host: Host): Promise<boolean> {
  const init = await initOf(host);
  return init !== undefined && (await isBooted(host, init));
}

/** A running lab is taken over as it is, whichever checkout started it. */
async function tellOutdated(hosts: readonly Host[], say: Say): Promise<void> {
  const root = await currentRoot();
  for (const host of hosts) {
    if (!(await liesOver(host, root)))
      say(`${host.name} was made from an older root: 'reset ${host.name}' renews it`);
  }
}
