import type { Host, Inventory, Origin, Suspect } from '../model/index.ts';
import { connectionKey, meantKey } from './connection.ts';
import { hostOf } from './host-of.ts';
import { contains, groupsOf, mergeVars } from './merge-vars.ts';
import { selectHosts } from './select-hosts.ts';
import type { Tree } from './tree.ts';
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
export function buildInventory(sources: Sources): Inventory {
  const merged = new Map(
    [...sources.tree.hosts.keys()].map((name) => [name, mergeHost(name, sources)] as const),
  );
  const hosts = [...merged.values()].map(({ host }) => host);
  const groups = groupHosts(sources.tree, hosts);
  return {
    file: sources.file,
    hosts,
    groups,
    select: (pattern) => selectHosts({ hosts, groups }, pattern),
    placeOf: (host, name) => originsOf(merged.get(host)?.vars, name)[0]?.place,
    originsOf: (host, name) => originsOf(merged.get(host)?.vars, name),
    suspects: (declared) => suspectsAmong(allVars(sources), declared),
  };
}

function mergeHost(name: string, { root, tree, groupFiles, hostFiles }: Sources): { host: Host; vars: Vars } {
  const groups = groupsOf(tree, name);
  const levels = groups.flatMap((group) => [group.vars, groupFiles.get(group.name) ?? []]);
  const all = [...levels, tree.hosts.get(name) ?? [], hostFiles.get(name) ?? []];
  return { host: hostOf(name, groups, mergeVars(all), root), vars: all.flat() };
}

/** The later one wins; the names of one connection key are one. */
function originsOf(vars: Vars = [], name: string): Origin[] {
  return vars
    .filter((one) => (connectionKey(one.name) ?? one.name) === name)
    .map(({ value, place }) => ({ value, place }))
    .reverse();
}

function groupHosts(tree: Tree, hosts: readonly Host[]): Map<string, readonly Host[]> {
  const members = (group: string) =>
    hosts.filter(({ name }) => group === 'all' || contains(tree, group, name));
  return new Map([...tree.groups.keys()].map((group) => [group, members(group)] as const));
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
