import { existsSync } from 'node:fs';
import { must } from '../exec.ts';
import type { Host, Net } from '../names.ts';

/** This machine's end of the network cable of a host with a kernel of its own, plugged into the bridge. */
export async function createTap({ bridge }: Net, { name, link }: Host): Promise<void> {
  if (!existsSync('/dev/net/tun'))
    throw new Error(`${name} needs /dev/net/tun on this machine: its kernel has no TUN/TAP`);
  if (existsSync(`/sys/class/net/${link}`)) await must(['ip', 'link', 'delete', link]);
  await must(['ip', 'tuntap', 'add', 'dev', link, 'mode', 'tap']);
  await must(['ip', 'link', 'set', link, 'master', bridge, 'up']);
}
