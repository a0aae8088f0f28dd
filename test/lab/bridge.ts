import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { exec, must } from './exec.ts';
import type { Host, Net } from './names.ts';

/**
 * Put up the net of the lab, or what is missing of it. The guard comes first: wherever the bridge is not,
 * a packet to the lab's addresses is refused here and never follows the default route out of this machine.
 */
export async function openBridge(net: Net): Promise<void> {
  await must(['ip', 'route', 'replace', 'unreachable', net.cidr, 'metric', '9999']);
  if (!bridgeExists(net))
    await must(['ip', 'link', 'add', net.bridge, 'type', 'bridge', 'mcast_snooping', '0']);
  await writeFile(`/proc/sys/net/ipv4/conf/${net.bridge}/forwarding`, '0');
  await disableIpv6(net.bridge);
  await must(['ip', 'address', 'replace', `${net.gateway}/24`, 'dev', net.bridge]);
  await must(['ip', 'link', 'set', net.bridge, 'up']);
}

/** Take the net away; what is gone already is fine. The guard goes last. */
export async function closeBridge(net: Net): Promise<void> {
  if (bridgeExists(net)) await must(['ip', 'link', 'delete', net.bridge]);
  await exec(['ip', 'route', 'delete', 'unreachable', net.cidr, 'metric', '9999']);
}

function bridgeExists(net: Net): boolean {
  return existsSync(`/sys/class/net/${net.bridge}`);
}

/** Remove the host's cable: the kernel does so only some time after a host was killed. */
export async function cutLink(host: Host): Promise<void> {
  if (existsSync(`/sys/class/net/${host.link}`)) await exec(['ip', 'link', 'delete', host.link]);
}

async function disableIpv6(bridge: string): Promise<void> {
  const file = `/proc/sys/net/ipv6/conf/${bridge}/disable_ipv6`;
  if (existsSync(file)) await writeFile(file, '1');
}
