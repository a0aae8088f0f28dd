import { awaitBoot } from './boot.ts';
import { mountDisk } from './disk.ts';
import { bootOf, powerOn, runInside } from './machine.ts';
import type { Host, Net } from './names.ts';

/** Switch a host on and wait until it has booted from its own disk. */
export async function bootHost(net: Net, host: Host): Promise<void> {
  await mountDisk(host);
  await powerOn(net, host);
  await awaitBoot(host);
}

/** The orderly way; returns when it has booted again. */
export async function rebootHost(host: Host): Promise<void> {
  const boot = await bootOf(host);
  await runInside(host, 'systemctl reboot');
  await awaitBoot(host, boot);
}
