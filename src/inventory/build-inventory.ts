import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type ConnectionKey,
  type Host,
  InputError,
  type Inventory,
  type Origin,
  type Place,
  type Suspect,
} from '../model/index.ts';
import { connectionKey, meantKey } from './connection.ts';
import { type ConnectionVars, connectionSettings } from './connection-settings.ts';
import { expandTilde } from './expand-tilde.ts';
import { selectHosts } from './select-hosts.ts';
import { type GroupNode, refuseTooMuch, type Tree } from './tree.ts';
import type { Vars, VarValue } from './var-value.ts';

/** Which hosts are in which groups. All of it is found out once: groups may share children in many ways. */
class GroupTree {
  readonly #tree: Tree;
  readonly #members = new Map<string, ReadonlySet<string>>();
  readonly #depths = new Map<string, number>();
  readonly #groups = new Map<string, GroupNode[]>();
  #listed = 0;

  constructor(tree: Tree) {
    this.#tree = tree;
    const parents = new Map<string, string[]>();
    for (const { name, children } of tree.groups.values()) {
      for (const child of children.keys()) {
        const known = parents.get(child);
        if (known) known.push(name);
        else parents.set(child, [name]);
      }
    }
    for (const group of tree.groups.values()) {
      this.#depth(group.name, parents);
      for (const host of this.members(group.name)) {
        const known = this.#groups.get(host);
        if (known) known.push(group);
        else this.#groups.set(host, [group]);
      }
    }
  }

  /** The hosts of a group and of its child groups. */
  members(group: string): ReadonlySet<string> {
    const known = this.#members.get(group);
    if (known) return known;
    const node = this.#tree.groups.get(group);
    const members = new Set(group === 'all' ? this.#tree.hosts.keys() : node?.hosts);
    if (group !== 'all') {
      for (const child of node?.children.keys() ?? []) {
        for (const host of this.members(child)) members.add(host);
      }
    }
    this.#members.set(group, members);
    this.#listed += members.size;
    if (node) refuseTooMuch(this.#tree, group, this.#listed, node.place);
    return members;
  }

  /** The groups that a host is in, from `all` to the innermost: the later one's vars win. */
  groupsOf(host: string): GroupNode[] {
    return [...(this.#groups.get(host) ?? [])].sort(
      (a, b) => this.#depthOf(a) - this.#depthOf(b) || (a.name < b.name ? -1 : 1),
    );
  }

  #depthOf({ name }: GroupNode): number {
    return this.#depths.get(name) ?? 0;
  }

  /** How far down a group is from `all`, by the longest way. */
  #depth(group: string, parents: ReadonlyMap<string, readonly string[]>): number {
    const known = this.#depths.get(group);
    if (known !== undefined) return known;
    const above = (parents.get(group) ?? []).map((parent) => this.#depth(parent, parents));
    const depth = group === 'all' ? 0 : Math.max(0, ...above) + 1;
    this.#depths.set(group, depth);
    return depth;
  }
}

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

/** Of each var the last value; the names of one connection key are one. */
function mergeVars(levels: readonly Vars[]): Map<string, VarValue> {
  return new Map(levels.flat().map((one) => [connectionKey(one.name) ?? one.name, one]));
}

/**
 * Where the inventory's `jump` names a host of the inventory, that host is the hop, with all that leads to it. A
 * host that would jump through itself, as the jump host of all hosts does, needs no hop.
 */
function linkJumps(hosts: readonly Host[], placeOf: (host: string) => Place | undefined): Host[] {
  let hops = 0;
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const link = (host: Host, trail: readonly string[]): Host => {
    const { jump, ...rest } = host;
    const place = placeOf(host.name);
    if (jump === undefined || place === undefined) return host;
    const way = [...trail, host.name];
    const linked = jump
      .filter((hop) => hop !== host.name)
      .map((hop) => {
        hops += 1;
        if (hops > MOST_HOPS)
          throw new InputError(`more than ${MOST_HOPS} jump hosts lead to ${way[0]}`, { place });
        const known = typeof hop === 'string' ? byName.get(hop) : undefined;
        if (known && way.includes(known.name))
          throw new InputError(`jump runs in a circle: ${[...way, known.name].join(' → ')}`, { place });
        return known ? link(known, way) : hop;
      });
    return linked.length === 0 ? rest : { ...rest, jump: linked };
  };
  return hosts.map((host) => {
    hops = 0;
    return link(host, []);
  });
}

/** Each jump host may have jump hosts of its own: a few lines could stand for millions. */
const MOST_HOPS = 32;

/** The host with its merged vars: the connection keys among them, under either name, are taken out. */
async function hostOf(
  name: string,
  groups: readonly GroupNode[],
  merged: ReadonlyMap<string, VarValue>,
  root: string,
): Promise<Host> {
  const connection = new Map<ConnectionKey, VarValue>();
  const vars: [string, unknown][] = [];
  for (const one of merged.values()) {
    const known = connectionKey(one.name);
    if (known) connection.set(known, one);
    else vars.push([one.name, one.value]);
  }
  const said = written(connection);
  const identityFile = said('identityFile');
  return {
    name,
    ...(await connectionSettings(name, said, root, connection.get('sshArgs')?.place)),
    ...(identityFile === undefined ? {} : { identityFile: resolve(root, expandTilde(identityFile)) }),
    groups: groups.map((group) => group.name).filter((group) => group !== 'all'),
    vars: Object.fromEntries(vars),
  };
}

function written(connection: ReadonlyMap<ConnectionKey, VarValue>): ConnectionVars {
  return (key) => (connection.has(key) ? String(connection.get(key)?.value) : undefined);
}
