import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { Fleet } from '../engine/fleet.ts';
import type { TagSelection } from '../engine/select-steps.ts';
import { findProject, type Host, type Listener } from '../model/index.ts';
import { connectOptions } from './connect-options.ts';
import { limitPattern } from './limit-pattern.ts';
import type { Options } from './options.ts';
import { warnOfDoubts } from './warn-of-doubts.ts';

/** Loads what the command line names and refuses what is wrong in it; no host is touched yet. */
export async function openFleet(options: Options, listener: Listener, signal: AbortSignal): Promise<Fleet> {
  const [{ Fleet }, { loadInventory }, playbook, trueup] = await Promise.all([
    import('../engine/fleet.ts'),
    import('../inventory/load-inventory.ts'),
    import('../playbook/index.ts'),
    import('../index.ts'),
  ]);
  const project = findProject(options.playbook);
  const loading = [
    loadInventory(options.inventory, options),
    playbook.loadPlaybook(options.playbook, trueup),
  ] as const;
  // Where one fails, the other shall not go on behind the message.
  await Promise.allSettled(loading);
  const [inventory, loaded] = await Promise.all(loading);
  const plays = playbook.resolvePlays(loaded, inventory, {
    limit: options.limit === undefined ? undefined : limitPattern(options.limit),
    extraVars: options.extraVars,
  });
  await warnOfDoubts(playbook.doubtfulVars(loaded.plays, inventory), inventory);
  const remote = await import('../remote/index.ts');
  const hosts = plays.flatMap((play) => play.hosts);
  const reach = {
    ...(await connectOptions(options.inventory, options.playbook)),
    names: inventory.hosts.map(({ name }) => name),
  };
  await remote.refuseIdentity(hosts, ({ name }) => inventory.placeOf(name, 'identityFile'), reach);
  return Fleet.open(plays, {
    connect: (host: Host, ending: AbortSignal) => remote.connect(host, { ...reach, signal: ending }),
    readTogether: remote.readTogether,
    readFacts: remote.readFacts,
    listener,
    run: { id: randomUUID(), by: `${userInfo().username}@${hostname()}, process ${process.pid}` },
    signal,
    project,
    forks: options.forks,
    ...selectionOf(options),
  });
}

function selectionOf({ tags, skipTags }: Options): { selection?: TagSelection } {
  return tags.length + skipTags.length === 0 ? {} : { selection: { tags, skipTags } };
}
