import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ExecOptions, exec, must, type Outcome } from '../exec.ts';
import { CLIENT_KEY } from '../keys.ts';
import type { Host, Net } from '../names.ts';
import type { Platform } from '../platform.ts';
import { xstateLibrary } from './equip.ts';

const BOOT = fileURLToPath(new URL('boot.sh', import.meta.url));

/** What differs between hosts with a Linux kernel of their own. */
export interface Variety {
  equip: Platform['equip'];
  /** Of the kernel's command line: memory, disk, security modules. */
  words(host: Host): string[];
}

/** A host with a Linux kernel of its own: User-mode Linux, see linux.uml(1). */
export function userModeLinux({ equip, words }: Variety): Platform {
  return {
    equip,
    async assemble(net, host) {
      await layCable(net, host);
      return ['bash', BOOT, xstateLibrary(host), ...words(host), ...commonWords(host)];
    },
    async pressPowerButton(host) {
      await run(host, 'systemctl poweroff', { seconds: 10 });
    },
    async bootOf(host) {
      const { code, stdout } = await run(host, 'cat /proc/sys/kernel/random/boot_id', { seconds: 30 });
      return code === 0 ? stdout.trim() : undefined;
    },
    run,
  };
}

async function layCable({ bridge }: Net, { name, link }: Host): Promise<void> {
  if (!existsSync('/dev/net/tun'))
    throw new Error(`${name} needs /dev/net/tun on this machine: its kernel has no TUN/TAP`);
  if (existsSync(`/sys/class/net/${link}`)) await must(['ip', 'link', 'delete', link]);
  await must(['ip', 'tuntap', 'add', 'dev', link, 'mode', 'tap']);
  await must(['ip', 'link', 'set', link, 'master', bridge, 'up']);
}

function commonWords({ name, address, folder, link }: Host): string[] {
  const cable = `vec0:transport=tap,ifname=${link},depth=64,gro=0,mac=${macOf(address)}`;
  const console = ['con=null', 'con0=null,fd:1', 'ssl=null', 'loglevel=4', 'systemd.show_status=0'];
  return [
    ...[`umid=${name}`, `uml_dir=${join(folder, 'uml')}`],
    ...['rw', 'mitigations=off', 'raid=noautodetect', 'net.ifnames=0', cable, ...console],
  ];
}

/** One that nobody has bought: the second bit says that it was given away locally. */
function macOf(address: string): string {
  const bytes = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['02', '00', ...bytes].join(':');
}

async function run(host: Host, command: string, options: ExecOptions = {}): Promise<Outcome> {
  const settings = {
    BatchMode: 'yes',
    ConnectTimeout: '20',
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: host.knownHosts,
  };
  const words = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return exec(['ssh', '-F', 'none', '-i', CLIENT_KEY, ...words, `root@${host.address}`, command], options);
}
