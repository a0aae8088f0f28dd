import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from '../exec.ts';
import type { Host } from '../names.ts';
import { writeNetworkUnit } from '../own-kernel/network-unit.ts';
import { slimRoot } from '../own-kernel/slim-root.ts';

const XSTATE = fileURLToPath(new URL('xstate.c', import.meta.url));

/** Adds to a disk what User-mode Linux needs there: its modules, a network without udev, the iptables that it knows. */
export async function equip(host: Host): Promise<void> {
  await copyModules(join(host.root, 'usr/lib/modules'));
  await slimRoot(host.root);
  await useLegacyIptables(host.root);
  await writeNetworkUnit(host, 'vec0');
  await must(['gcc', '-O2', '-shared', '-fPIC', '-o', xstateLibrary(host), XSTATE]);
}

/** Where the library is that goes before the kernel of this host. */
export function xstateLibrary(host: Host): string {
  return join(host.folder, 'xstate.so');
}

async function copyModules(folder: string): Promise<void> {
  const version = (await must(['linux.uml', '--version'])).trim();
  await mkdir(folder, { recursive: true });
  await must(['cp', '-a', `/usr/lib/uml/modules/${version}`, folder]);
}

async function useLegacyIptables(root: string): Promise<void> {
  for (const version of ['iptables', 'ip6tables'])
    for (const tool of ['', '-save', '-restore']) {
      const legacy = `/usr/sbin/${version}-legacy${tool}`;
      await must(['ln', '-sfn', legacy, join(root, `etc/alternatives/${version}${tool}`)]);
    }
}
