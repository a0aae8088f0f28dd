import { type ExecOptions, exec, type Outcome } from '../exec.ts';
import { CLIENT_KEY } from '../keys.ts';
import type { Host } from '../names.ts';
import type { Platform } from '../platform.ts';
import { createTap } from './create-tap.ts';

/** What differs between hosts with a Linux kernel of their own. */
export interface Variety {
  equip: Platform['equip'];
  /** The command that is the machine; its network cable is the TAP device `host.link`. */
  command(host: Host): string[];
}

/** A host with a Linux kernel of its own. The lab reaches it only as root through sshd. */
export function ownKernelHost({ equip, command }: Variety): Platform {
  return {
    equip,
    async assemble(net, host) {
      await createTap(net, host);
      return command(host);
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
