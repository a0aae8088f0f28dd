import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Host, Inventory, Origin, Suspect } from '../model/index.ts';
import { connectionKey, meantKey } from './connection.ts';
import { GroupTree } from './group-tree.ts';
import { hostOf } from './host-of.ts';
import { linkJumps } from './link-jumps.ts';
import { mergeVars } from './merge-vars.ts';
import { selectHosts } from './select-hosts.ts';
import type { GroupNode, Tree } from './tree.ts';
import type { Vars } from './var-value.ts';

/** All that was read. */
export interface Sources {
  readonly file: string;
  /** Where relative paths begin. */
  readonly root: string;
  readonly tree: Tree;
  readonly groupFiles: ReadonlyMap<string, Vars>;
  readonly hostFiles: ReadonlyMap<string, Vars>;
}

/** What was read, merged host by host. */
export async function buildInventory(sources: Sources): Promise<Inventory> {
  const groupTree = new GroupTree(sources.tree);
  const names = [...sources.tree.hosts.keys()];
  const merged = new Map(await inTurns(names, (name) => mergeHost(name, groupTree.groupsOf(name), sources)));
  const originsOfHost = (host: string, name: string) => originsOf(merged.get(host)?.vars, name);
  const hosts = linkJumps(
    [...merged.values()].map(({ host }) => host),
    (host) => originsOfHost(host, 'jump')[0]?.place,
  );
  const groups = groupHosts(sources.tree, groupTree, hosts);
  return {
    file: sources.file,
    hosts,
    groups,
    select: (pattern) => selectHosts({ hosts, groups }, pattern),
    placeOf: (host, name) => originsOfHost(host, name)[0]?.place,
    originsOf: originsOfHost,
    suspects: (declared) => suspectsAmong(allVars(sources), declared),
  };
}

/** A few at a time: ssh may be asked about each of them. Between them others have their turn. */
async function inTurns<T>(
  names: readonly string[],
  job: (name: string) => Promise<T>,
): Promise<(readonly [string, T])[]> {
  const done: (readonly [string, T])[] = [];
  for (let at = 0; at < names.length; at += AT_A_TIME) {
    const turn = names.slice(at, at + AT_A_TIME).map(async (name) => [name, await job(name)] as const);
    done.push(...(await Promise.all(turn)));
    await nextTurn();
  }
  return done;
}

const AT_A_TIME = 8;

async function mergeHost(
  name: string,
  groups: readonly GroupNode[],
  { root, tree, groupFiles, hostFiles }: Sources,
): Promise<{ host: Host; vars: Vars }> {
  const levels = groups.flatMap((group) => [group.vars, groupFiles.get(group.name) ?? []]);
  const all = [...levels, tree.hosts.get(name) ?? [], hostFiles.get(name) ?? []];
  return { host: await hostOf(name, groups, mergeVars(all), root), vars: all.flat() };
}

/** The later one wins; the names of one connection key are one. */
function originsOf(vars: Vars = [], name: string): Origin[] {
  return vars
    .filter((one) => (connectionKey(one.name) ?? one.name) === name)
    .map(({ value, place }) => ({ value, place }))
    .reverse();
}

function groupHosts(tree: Tree, groupTree: GroupTree, hosts: readonly Host[]): Map<string, readonly Host[]> {
  const places = new Map(hosts.map(({ name }, at) => [name, at]));
  return new Map(
    [...tree.groups.keys()].map((group) => {
      const members = Array.from(groupTree.members(group), (name) => places.get(name) ?? 0);
      return [group, members.sort((a, b) => a - b).flatMap((at) => hosts[at] ?? [])] as const;
    }),
  );
}

function allVars({ tree, groupFiles, hostFiles }: Sources): Vars {
  const inline = [...tree.groups.values()].map(({ vars }) => vars);
  return [...inline, ...tree.hosts.values(), ...groupFiles.values(), ...hostFiles.values()].flat();
}

function suspectsAmong(vars: Vars, declared: ReadonlySet<string>): Suspect[] {
  return vars.flatMap((one) => {
    const known = connectionKey(one.name) !== undefined || declared.has(one.name);
    const meant = known ? undefined : meantKey(one);
    return meant === undefined ? [] : [{ key: one.name, meant, place: one.place }];
  });
}
