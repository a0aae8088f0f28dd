import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Fleet } from '../engine/fleet.ts';
import { findProject, type Host, type Listener } from '../model/index.ts';
import type { Options } from './options.ts';

/** Loads what the command line names and refuses what is wrong in it; no host is touched yet. */
export async function openFleet(options: Options, listener: Listener, signal: AbortSignal): Promise<Fleet> {
  const [{ Fleet }, { loadInventory }, playbook, trueup] = await Promise.all([
    import('../engine/fleet.ts'),
    import('../inventory/load-inventory.ts'),
    import('../playbook/index.ts'),
    import('../index.ts'),
  ]);
  const project = findProject(options.playbook);
  const [inventory, loaded] = await Promise.all([
    loadInventory(options.inventory),
    playbook.loadPlaybook(options.playbook, trueup),
  ]);
  const plays = playbook.resolvePlays(loaded, inventory, {
    limit: options.limit,
    extraVars: options.extraVars,
  });
  const remote = await import('../remote/index.ts');
  const files = knownHostsFiles(project.root);
  return Fleet.open(plays, {
    connect: (host: Host) => remote.connect(host, files),
    readTogether: remote.readTogether,
    readFacts: remote.readFacts,
    listener,
    run: { id: randomUUID(), by: `${userInfo().username}@${hostname()}, process ${process.pid}` },
    signal,
    project,
    forks: options.forks,
  });
}

function knownHostsFiles(root: string) {
  const own = join(root, '.trueup', 'known_hosts');
  const home = process.env.HOME;
  const users = home ? [join(home, '.ssh', 'known_hosts')] : [];
  return { knownHostsFiles: [...users, '/etc/ssh/ssh_known_hosts', own], acceptInto: own };
}
