import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from '../exec.ts';
import { unmountBelow } from '../mounts.ts';
import type { Host } from '../names.ts';
import { equipHost, NETWORK_UNIT } from '../uml/equip.ts';
import { userModeLinux } from '../uml/user-mode-linux.ts';
import { label } from './label.ts';

/** What identifies one host, see `giveIdentity`: it comes after the labels of the shared root. */
const OWN = [
  ...['etc/hostname', 'etc/hosts', 'etc/machine-id', 'etc/ssh', 'etc/systemd/network', 'root'],
  NETWORK_UNIT,
];

/** mke2fs(8) copies the labels of all folders but the topmost one. */
const LABEL_TOP = 'ea_set / security.selinux system_u:object_r:root_t:s0';

/** A host with SELinux enforcing: its disk is an ext4 image, as a folder of this machine's has no labels for its kernel. */
export const selinuxHost = userModeLinux({
  async equip(host) {
    await equipHost(host);
    await label(host.root, OWN);
    await must(['mke2fs', '-q', '-F', '-t', 'ext4', '-d', host.root, image(host), '3G'], { seconds: 120 });
    await must(['debugfs', '-w', '-R', LABEL_TOP, image(host)]);
    await unmountBelow(host.root);
    for (const layer of ['upper', 'work']) await rm(join(host.folder, layer), { recursive: true });
  },
  words: (host) => [
    ...['mem=512M', `ubd0=${image(host)}`, 'root=/dev/ubda', 'rootfstype=ext4'],
    ...['lsm=yama,selinux', 'audit=1', 'enforcing=1'],
  ],
});

function image(host: Host): string {
  return join(host.folder, 'disk.img');
}
