import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isBooted } from './boot.ts';
import { bootHost } from './boot-host.ts';
import { closeBridge, openBridge } from './bridge.ts';
import { removeCgroup } from './cgroup.ts';
import { discardDisk, freshDisk, hasDisk, liesOver } from './disk.ts';
import { clearFaults, faultsOn } from './faults/index.ts';
import { ensureKeys } from './keys.ts';
import { hasOwnKernel, isKind, type Kind, refuseImpossible, refuseOthers } from './kind.ts';
import { raiseLimits } from './limits.ts';
import { isOn, powerOff, pressPowerButton, runInside } from './machine.ts';
import type { Host, Net } from './names.ts';
import { ensureTools, QEMU_TOOLS, UML_TOOLS } from './prerequisites.ts';
import { currentRoot, lendRoot } from './root/cache.ts';
import { makeStock } from './stock.ts';

/** Words for whoever waits. */
type Say = (line: string) => void;

export interface HostStatus {
  name: string;
  address: string;
  /** 'off', 'frozen', or what systemd says of itself: running, degraded, starting … */
  state: string;
  /** A stock host, see `Kind`. */
  stock: boolean;
  /** A host with SELinux enforcing, see `Kind`. */
  selinux: boolean;
  /** What disturbs it. */
  faults: string[];
}

export async function up(net: Net, hosts: readonly Host[], say: Say, kind: Kind = {}): Promise<void> {
  refuseImpossible(hosts, kind);
  refuseOthers(hosts, kind);
  await ensureKeys(net, say);
  await openBridge(net);
  await clearAll(net, hosts);
  const running = await Promise.all(hosts.map((host) => isUp(host)));
  const off = hosts.filter((_, index) => !running[index]);
  await start(net, off, say, kind);
  await tellOutdated(hosts, say);
}

/** With an orderly shutdown, as a host may be writing what somebody looks at afterwards. */
export async function down(net: Net): Promise<void> {
  await clearAll(net, net.hosts);
  await Promise.all(net.hosts.map((host) => pressPowerButton(host).then(() => scrap(host))));
  await removeCgroup(net.cgroup);
  await closeBridge(net);
  await rm(join(net.state, 'hosts'), { recursive: true, force: true });
}

export async function reset(net: Net, hosts: readonly Host[], say: Say, kind: Kind = {}): Promise<void> {
  refuseImpossible(hosts, kind);
  await ensureKeys(net, say);
  await openBridge(net);
  await clearAll(net, hosts);
  await Promise.all(hosts.map(scrap));
  await start(net, hosts, say, kind);
}

export async function status(net: Net, host: Host): Promise<HostStatus> {
  const { name, address } = host;
  const faults = await faultsOn({ net, host });
  const state = await stateOf(host, faults);
  return { name, address, state, stock: isKind(host, 'stock'), selinux: isKind(host, 'selinux'), faults };
}

async function stateOf(host: Host, faults: readonly string[]): Promise<string> {
  if (!(await isOn(host))) return 'off';
  if (faults.includes('freeze')) return 'frozen';
  const asked = runInside(host, 'systemctl is-system-running', { seconds: hasOwnKernel(host) ? 60 : 15 });
  const answer = await asked.catch(() => undefined); // its init may not be there yet
  return answer?.stdout.trim() || 'no answer';
}

async function clearAll(net: Net, hosts: readonly Host[]): Promise<void> {
  await Promise.all(hosts.map((host) => clearFaults({ net, host })));
}

/** A host that lost its power boots from its own disk again, any other gets a fresh one. */
async function start(net: Net, hosts: readonly Host[], say: Say, kind: Kind): Promise<void> {
  await raiseLimits();
  if (hosts.some(({ ownKernel }) => ownKernel)) await ensureTools(say, UML_TOOLS);
  if (kind.selinux || hosts.some((host) => isKind(host, 'selinux'))) await ensureTools(say, QEMU_TOOLS);
  await Promise.all(hosts.map(powerOff));
  const bare = hosts.filter((host) => !hasDisk(host));
  if (bare.length > 0) await lendRoot(kind, say, (root) => eachFresh(net, bare, root, kind));
  await Promise.all(hosts.map((host) => bootHost(net, host)));
  if (kind.stock) await Promise.all(bare.map((host) => makeStock(net, host)));
}

async function eachFresh(net: Net, hosts: readonly Host[], root: string, kind: Kind): Promise<void> {
  await Promise.all(hosts.map((host) => freshDisk(net, host, root, kind)));
}

async function scrap(host: Host): Promise<void> {
  await powerOff(host);
  await discardDisk(host);
}

async function isUp(host: Host): Promise<boolean> {
  return (await isOn(host)) && (await isBooted(host));
}

/** A running lab is taken over as it is, whichever checkout started it. */
async function tellOutdated(hosts: readonly Host[], say: Say): Promise<void> {
  for (const host of hosts) {
    const root = await currentRoot({ selinux: isKind(host, 'selinux') });
    if (!(await liesOver(host, root)))
      say(`${host.name} was made from an older root: 'reset ${host.name}' renews it`);
  }
}
