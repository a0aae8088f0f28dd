import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { baseLink } from '../base-link.ts';
import { must } from '../exec.ts';
import { unmountBelow } from '../mounts.ts';
import type { Host } from '../names.ts';
import { NETWORK_UNIT, writeNetworkUnit } from '../own-kernel/network-unit.ts';
import { ownKernelHost } from '../own-kernel/own-kernel-host.ts';
import { INITRAMFS, KERNEL } from '../qemu/kernel.ts';
import { virtualMachine } from '../qemu/virtual-machine.ts';
import { label } from './label.ts';

/** What identifies one host, see `giveIdentity`: it comes after the labels of the shared root. */
const OWN = [
  ...['etc/hostname', 'etc/hosts', 'etc/machine-id', 'etc/ssh', 'etc/systemd/network', 'root'],
  NETWORK_UNIT,
];

/** mke2fs(8) copies the labels of all folders but the topmost one. */
const LABEL_TOP = 'ea_set / security.selinux system_u:object_r:root_t:s0';

/** A host with SELinux enforcing: its disk is an ext4 image, as a folder of this machine's has no labels for its kernel. */
export const selinuxHost = ownKernelHost({
  async equip(host) {
    await writeNetworkUnit(host, 'eth0');
    await label(host.root, OWN);
    await must(['mke2fs', '-q', '-F', '-t', 'ext4', '-d', host.root, image(host), '3G'], { seconds: 120 });
    await must(['debugfs', '-w', '-R', LABEL_TOP, image(host)]);
    await unmountBelow(host.root);
    for (const layer of ['upper', 'work']) await rm(join(host.folder, layer), { recursive: true });
  },
  command: (host) =>
    virtualMachine(host, {
      kernel: join(baseLink(host), KERNEL),
      initramfs: join(baseLink(host), INITRAMFS),
      disk: image(host),
      parameters: ['lsm=yama,selinux', 'audit=1', 'enforcing=1'],
    }),
});

function image(host: Host): string {
  return join(host.folder, 'disk.img');
}
