import { equip } from './equip.ts';
import { userModeLinux } from './user-mode-linux.ts';

/**
 * A host whose kernel knows IPVS. It reads and writes the disk's folder right from here (hostfs), but keeps what it has
 * written to itself for some seconds. No security module: they all bring rules of their own, and such a host has none.
 */
export const director = userModeLinux({
  equip,
  words: ({ root }) => [
    ...['mem=384M', 'root=none', 'rootfstype=hostfs', `rootflags=${root}`],
    ...['lsm=yama', 'audit=0'],
  ],
});
