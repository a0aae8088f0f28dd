import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '../names.ts';
import { macAddress } from '../own-kernel/mac-address.ts';
import { ownKernelHost } from '../own-kernel/own-kernel-host.ts';
import { equip, xstateLibrary } from './equip.ts';

const BOOT = fileURLToPath(new URL('boot.sh', import.meta.url));

/**
 * A host whose kernel knows IPVS: User-mode Linux, see linux.uml(1). It reads and writes the disk's folder right from
 * here (hostfs), but keeps what it has written to itself for some seconds. No security module: they all bring rules of
 * their own, and such a host has none.
 */
export const director = ownKernelHost({
  equip,
  command: (host) => ['bash', BOOT, xstateLibrary(host), ...kernelParameters(host)],
});

function kernelParameters(host: Host): string[] {
  const { name, folder, root, link } = host;
  const card = `vec0:transport=tap,ifname=${link},depth=64,gro=0,mac=${macAddress(host)}`;
  const console = ['con=null', 'con0=null,fd:1', 'ssl=null', 'loglevel=4', 'systemd.show_status=0'];
  return [
    ...['mem=384M', 'root=none', 'rootfstype=hostfs', `rootflags=${root}`],
    ...['lsm=yama', 'audit=0', `umid=${name}`, `uml_dir=${join(folder, 'uml')}`],
    ...['rw', 'mitigations=off', 'raid=noautodetect', 'net.ifnames=0', card, ...console],
  ];
}
