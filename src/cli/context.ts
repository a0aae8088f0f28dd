import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { HostSessions } from '../engine/host-sessions.ts';
import type { Run } from '../engine/run.ts';
import type { TagSelection } from '../engine/tag-selection.ts';
import { unusedVarsFiles } from '../inventory/unused-vars-files.ts';
import {
  findProject,
  formatPlace,
  type Host,
  type Inventory,
  type Listener,
  type Play,
  type Project,
} from '../model/index.ts';
import type { LikelyTypo } from '../playbook/index.ts';
import type { ConnectOptions } from '../remote/index.ts';
import { limitPattern } from './limit-pattern.ts';
import type { Options } from './options.ts';
import { visible } from './views/visible.ts';

/** What the options of every command have in common. */
export interface InventoryOptions {
  readonly inventory: string;
  /** How many hosts the inventory may have. */
  readonly maxHosts?: number | undefined;
}

export interface PlaybookOptions extends InventoryOptions {
  readonly playbook: string;
  readonly limit?: string | undefined;
  readonly extraVars?: readonly string[] | undefined;
}

/** What every command works with, prepared once and in this order. Nothing has been connected to yet. */
export interface Context {
  readonly inventory: Inventory;
  /** The selected hosts. */
  readonly hosts: readonly Host[];
  /** How they are reached; read when a command needs it. */
  connectOptions(): Promise<ConnectOptions>;
}

export interface PlaybookContext extends Context {
  readonly project: Project;
  /** Those with selected hosts, their vars checked. */
  readonly plays: readonly Play[];
}

/** For commands about hosts of the inventory. */
export async function inventoryContext(options: InventoryOptions, pattern: string): Promise<Context> {
  const { loadInventory } = await import('../inventory/load-inventory.ts');
  const inventory = await loadInventory(options.inventory, options);
  const hosts = inventory.select(limitPattern(pattern));
  return { inventory, hosts, connectOptions: () => connectOptions(options.inventory, inventory) };
}

/** For commands about a playbook. Refuses what is wrong in it, in the inventory, or in the command line. */
export async function playbookContext(options: PlaybookOptions): Promise<PlaybookContext> {
  const [{ loadInventory }, playbook, trueup] = await Promise.all([
    import('../inventory/load-inventory.ts'),
    import('../playbook/index.ts'),
    import('../index.ts'),
  ]);
  const project = findProject(options.playbook);
  const loading = [
    loadInventory(options.inventory, options),
    playbook.loadPlaybook(options.playbook, trueup),
  ] as const;
  // Where one fails, the other must not go on behind the message.
  await Promise.allSettled(loading);
  const [inventory, loaded] = await Promise.all(loading);
  const plays = playbook.resolvePlays(loaded, inventory, {
    limit: options.limit === undefined ? undefined : limitPattern(options.limit),
    extraVars: options.extraVars,
  });
  await warnLikelyTypos(playbook.likelyTypos(loaded.plays, inventory), inventory);
  const hosts = new Map(plays.flatMap((play) => play.hosts.map((host) => [host.name, host] as const)));
  return {
    inventory,
    hosts: [...hosts.values()],
    connectOptions: () => connectOptions(options.inventory, inventory, options.playbook),
    project,
    plays,
  };
}

/** A run of the playbook: what is wrong in its steps is refused here. Close the sessions at its end. */
export async function prepareRun(
  context: PlaybookContext,
  options: Options,
  listener: Listener,
  signal: AbortSignal,
): Promise<{ run: Run; sessions: HostSessions }> {
  const [engine, { readDenials }, { readFacts, checkIdentityFile }] = await Promise.all([
    import('../engine/run.ts'),
    import('../denials/read-denials.ts'),
    import('../remote/index.ts'),
  ]);
  const { inventory, hosts, plays, project } = context;
  const keyPlace = ({ name }: Host) => inventory.placeOf(name, 'identityFile');
  await checkIdentityFile(hosts, keyPlace, await context.connectOptions());
  const runId = randomUUID();
  const sessions = await openSessions(context, listener, signal, runId);
  const { forks } = options;
  const run = await engine.Run.prepare(plays, {
    ...{ project, sessions, readFacts, readDenials, listener, runId, signal, forks },
    ...selectionOf(options),
  });
  return { run, sessions };
}

function selectionOf({ tags, skipTags }: Options): { selection?: TagSelection } {
  return tags.length + skipTags.length === 0 ? {} : { selection: { tags, skipTags } };
}

/** The sessions of a command with its hosts. Close them at its end. */
export async function openSessions(
  context: Context,
  listener: Listener,
  signal: AbortSignal,
  id: string = randomUUID(),
): Promise<HostSessions> {
  const [engine, { connect, readTogether }, options] = await Promise.all([
    import('../engine/host-sessions.ts'),
    import('../remote/index.ts'),
    context.connectOptions(),
  ]);
  return new engine.HostSessions({
    connect: (host, ending) => connect(host, { ...options, signal: ending }),
    ...{ readTogether, listener, signal },
    run: { id, by: `${userInfo().username}@${hostname()}, process ${process.pid}` },
  });
}

/**
 * How the hosts of an inventory are reached. Host keys are kept in its project, or, for an inventory outside of any, where the
 * secrets are: in the playbook's project.
 */
async function connectOptions(
  file: string,
  { hosts }: Inventory,
  playbook?: string,
): Promise<ConnectOptions> {
  const { secretsOf } = await import('../playbook/env.ts');
  const ofInventory = projectRoot(file);
  const here = join(process.cwd(), 'playbook.ts');
  const root = playbook === undefined ? (ofInventory ?? findProject(here).root) : findProject(playbook).root;
  const own = join(ofInventory ?? root, '.trueup', 'known_hosts');
  const home = process.env.HOME;
  const users = home ? [join(home, '.ssh', 'known_hosts')] : [];
  return {
    knownHostsFiles: [...users, '/etc/ssh/ssh_known_hosts', own],
    acceptInto: own,
    inventory: file,
    names: hosts.map(({ name }) => name),
    secretOf: secretsOf(root),
  };
}

function projectRoot(file: string): string | undefined {
  const { root } = findProject(file);
  return existsSync(join(root, 'package.json')) ? root : undefined;
}

/** Tells of vars and of their files that may be misspelt: plays quietly take their defaults instead. */
async function warnLikelyTypos(doubts: readonly LikelyTypo[], inventory: Inventory): Promise<void> {
  for (const { path, meant } of await unusedVarsFiles(inventory)) {
    warn(`${path}: no host or group of this inventory is called so: did you mean \`${meant}\`?`);
  }
  for (const { name, meant, place } of doubts) {
    warn(
      `${formatPlace(place)}: no play of this playbook declares the var \`${name}\`: did you mean \`${meant}\`?`,
    );
  }
}

function warn(message: string): void {
  process.stderr.write(`warning: ${visible(message)}\n`);
}
