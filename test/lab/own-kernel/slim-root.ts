import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NETWORK_UNIT } from './network-unit.ts';

/** Folder of what all hosts with a kernel of their own share. */
export const OWN_KERNEL_INPUTS = fileURLToPath(new URL('.', import.meta.url));

/** What does nothing in a machine without devices but a disk and a net, or takes seconds there. */
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

/** Generators of units that such a machine never has; each of them is a program that a boot waits for. */
const MASKED_GENERATORS = [
  ...['systemd-cryptsetup', 'systemd-debug', 'systemd-getty', 'systemd-gpt-auto', 'systemd-hibernate-resume'],
  ...['systemd-integritysetup', 'systemd-rc-local', 'systemd-run', 'systemd-system-update'],
  'systemd-veritysetup',
].map((name) => `${name}-generator`);

const UNITS = 'etc/systemd/system';
const GENERATORS = 'etc/systemd/system-generators';

/** Leave out of a root what makes boots slow; the network unit takes the place of udev and systemd-networkd. */
export async function slimRoot(root: string): Promise<void> {
  const at = (path: string) => join(root, path);
  for (const unit of [...MASKED, ...MASKED_MORE]) await symlink('/dev/null', at(join(UNITS, unit)));
  await mkdir(at(GENERATORS), { recursive: true });
  for (const name of MASKED_GENERATORS) await symlink('/dev/null', at(join(GENERATORS, name)));
  const unit = basename(NETWORK_UNIT);
  await mkdir(at(join(UNITS, 'sysinit.target.wants')), { recursive: true });
  await symlink(`../${unit}`, at(join(UNITS, 'sysinit.target.wants', unit)));
  await forgetSessions(at('etc/pam.d/common-session'));
}

/** Nobody is there to keep logins apart. */
async function forgetSessions(file: string): Promise<void> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, lines.filter((line) => !line.includes('pam_systemd.so')).join('\n'));
}
