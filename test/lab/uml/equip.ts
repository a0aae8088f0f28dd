import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from '../exec.ts';
import type { Host } from '../names.ts';

/** Folder of what makes these machines. */
export const UML_INPUTS = fileURLToPath(new URL('.', import.meta.url));
const XSTATE = fileURLToPath(new URL('xstate.c', import.meta.url));

/** What does nothing in a machine without devices but a net, or takes seconds there. */
const MASKED = [
  ...['systemd-udevd', 'systemd-udev-trigger', 'systemd-networkd', 'systemd-network-generator'],
  ...['systemd-logind', 'dbus-org.freedesktop.login1', 'user@', 'getty@', 'modprobe@', 'kmod-static-nodes'],
  ...['systemd-binfmt', 'systemd-random-seed', 'systemd-update-utmp', 'systemd-update-utmp-runlevel'],
  ...['systemd-sysusers', 'systemd-pstore', 'systemd-repart', 'systemd-firstboot'],
].map((unit) => `${unit}.service`);
const MASKED_MORE = [
  ...['systemd-udevd-kernel.socket', 'systemd-udevd-control.socket', 'systemd-networkd.socket'],
  ...['proc-sys-fs-binfmt_misc.automount', 'dev-hugepages.mount', 'dev-mqueue.mount'],
  ...['sys-kernel-debug.mount', 'sys-kernel-tracing.mount', 'sys-kernel-config.mount'],
  'sys-fs-fuse-connections.mount',
];

const UNITS = 'etc/systemd/system';
/** Where the unit is that gives the host its address. */
export const NETWORK_UNIT = join(UNITS, 'lab-network.service');

/** Adds to a disk what User-mode Linux needs there: its modules, a network without udev, the iptables that it knows. */
export async function equip(host: Host): Promise<void> {
  await equipRoot(host.root);
  await equipHost(host);
}

/** Of that, what all hosts have alike. */
export async function equipRoot(root: string): Promise<void> {
  const at = (path: string) => join(root, path);
  await copyModules(at('usr/lib/modules'));
  for (const unit of [...MASKED, ...MASKED_MORE]) await symlink('/dev/null', at(join(UNITS, unit)));
  await mkdir(at(join(UNITS, 'sysinit.target.wants')), { recursive: true });
  await symlink('../lab-network.service', at(join(UNITS, 'sysinit.target.wants/lab-network.service')));
  for (const version of ['iptables', 'ip6tables'])
    for (const tool of ['', '-save', '-restore']) {
      const legacy = `/usr/sbin/${version}-legacy${tool}`;
      await must(['ln', '-sfn', legacy, at(`etc/alternatives/${version}${tool}`)]);
    }
  await forgetSessions(at('etc/pam.d/common-session'));
}

/** The rest: the host's address, and the library that goes before its kernel. */
export async function equipHost(host: Host): Promise<void> {
  await writeFile(join(host.root, NETWORK_UNIT), network(host));
  await must(['gcc', '-O2', '-shared', '-fPIC', '-o', xstateLibrary(host), XSTATE]);
}

/** Where the library is that goes before the kernel of this host. */
export function xstateLibrary(host: Host): string {
  return join(host.folder, 'xstate.so');
}

async function copyModules(folder: string): Promise<void> {
  const version = (await must(['linux.uml', '--version'])).trim();
  await mkdir(folder, { recursive: true });
  await must(['cp', '-a', `/usr/lib/uml/modules/${version}`, folder]);
}

function network({ address }: Host): string {
  return `[Unit]
Description=The network of a host without udev
DefaultDependencies=no
After=systemd-modules-load.service
Before=network.target systemd-sysctl.service
Wants=network.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/ip link set lo up
ExecStart=/usr/sbin/ip link set vec0 name host0
ExecStart=/usr/sbin/ip address add ${address}/24 dev host0
ExecStart=/usr/sbin/ip link set host0 up
`;
}

/** Nobody is there to keep logins apart. */
async function forgetSessions(file: string): Promise<void> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, lines.filter((line) => !line.includes('pam_systemd.so')).join('\n'));
}
