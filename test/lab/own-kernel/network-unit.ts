import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../names.ts';

/** Where the unit is that gives the host its address. */
export const NETWORK_UNIT = 'etc/systemd/system/lab-network.service';

/** Write that unit to a mounted disk; `device` is what the kernel calls the network card. */
export async function writeNetworkUnit({ root, address }: Host, device: string): Promise<void> {
  const unit = `[Unit]
Description=The network of a host without udev
DefaultDependencies=no
After=systemd-modules-load.service
Before=network.target systemd-sysctl.service
Wants=network.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/ip link set lo up
ExecStart=/usr/sbin/ip link set ${device} name host0
ExecStart=/usr/sbin/ip address add ${address}/24 dev host0
ExecStart=/usr/sbin/ip link set host0 up
`;
  await writeFile(join(root, NETWORK_UNIT), unit);
}
