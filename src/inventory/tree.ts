import type { Node } from 'yaml';
import { didYouMean, InputError, type Place } from '../model/index.ts';
import { refuseConflict } from './connection.ts';
import { expandRange, tooMany } from './expand-range.ts';
import type { VarValue } from './var-value.ts';
import { varsOf } from './vars.ts';
import { describe, type Entry, HIDDEN, type YamlFile } from './yaml-file.ts';

export interface GroupNode {
  readonly name: string;
  readonly place: Place;
  readonly vars: VarValue[];
  readonly hosts: Set<string>;
  readonly children: Map<string, Place>;
}

/** What an inventory file says, before anything is merged. Hosts and groups are in the order of the file. */
export interface Tree {
  readonly groups: Map<string, GroupNode>;
  readonly hosts: Map<string, VarValue[]>;
  /** How many hosts there may be. */
  readonly mostHosts: number;
  /** How many hosts the groups list, a host of two groups twice. */
  listed: number;
}

const FIELDS = ['hosts', 'vars', 'children'];

/** Characters of a name; DNS has no longer ones. */
const LONGEST_NAME = 253;
/** In how many groups a host may be, on average. */
const GROUPS_PER_HOST = 200;
/** How deep groups may lie inside of each other. */
const DEEPEST = 100;

export function treeOf(yaml: YamlFile, mostHosts: number): Tree {
  const tree: Tree = { groups: new Map(), hosts: new Map(), mostHosts, listed: 0 };
  const all = group(tree, 'all', yaml.placeOf(yaml.root));
  for (const entry of yaml.entries(yaml.root, 'groups, such as all:')) {
    if (FIELDS.includes(entry.key)) {
      const advice = 'Write all: above it, and indent it.';
      throw new InputError(`\`${entry.key}\` belongs into a group`, { place: entry.place, advice });
    }
    readGroup(tree, yaml, entry);
    if (entry.key !== 'all') all.children.set(entry.key, entry.place);
  }
  refuseCycles(tree, all, [], new Set());
  for (const [name, vars] of tree.hosts) refuseConflict(`host ${name}`, vars);
  return tree;
}

function group(tree: Tree, name: string, place: Place): GroupNode {
  const known = tree.groups.get(name);
  if (known) return known;
  const made = { name, place, vars: [], hosts: new Set<string>(), children: new Map<string, Place>() };
  tree.groups.set(name, made);
  return made;
}

function readGroup(tree: Tree, yaml: YamlFile, { key: name, place, value }: Entry): void {
  refuseOddName(name, place);
  if (name.includes(':')) {
    throw new InputError(`expected the name of a group, without a colon, found ${describe(name)}`, { place });
  }
  const made = group(tree, name, place);
  for (const entry of yaml.entries(value, `hosts, vars or children of group ${name}`)) {
    if (entry.key === 'vars') append(made.vars, varsOf(yaml, entry.value, `vars of group ${name}`));
    else if (entry.key === 'hosts') readHosts(tree, yaml, made, entry.value);
    else if (entry.key === 'children') readChildren(tree, yaml, made, entry.value);
    else {
      const message = `group ${name}: expected hosts, vars or children, found \`${entry.key}\``;
      throw new InputError(message + didYouMean(entry.key, FIELDS), { place: entry.place });
    }
  }
}

function readHosts(tree: Tree, yaml: YamlFile, owner: GroupNode, node: Node | undefined): void {
  for (const entry of yaml.entries(node, 'hosts, each as `NAME:` with its vars')) {
    const { key, place } = entry;
    refuseOddName(key, place);
    const before = owner.hosts.size;
    // Once for all hosts of a range: reading many values is what takes time.
    let vars: readonly VarValue[] | undefined;
    for (const name of expandRange(key, { place, most: tree.mostHosts })) {
      vars ??= varsOf(yaml, entry.value, `vars of host ${name}`);
      addHost(tree, name, vars);
      owner.hosts.add(name);
    }
    tree.listed += owner.hosts.size - before;
    refuseTooMuch(tree, owner.name, tree.listed, place);
    const count = tree.hosts.size;
    if (count > tree.mostHosts) throw tooMany(`the inventory with ${key}`, count, tree.mostHosts, place);
  }
}

/** A short file can put each host into thousands of groups: that takes more memory than there is. */
export function refuseTooMuch({ mostHosts }: Tree, group: string, listed: number, place: Place): void {
  const most = mostHosts * GROUPS_PER_HOST;
  if (listed <= most) return;
  const message = `the groups up to ${group} list more than ${most.toLocaleString('en')} hosts, a host of two groups twice`;
  throw new InputError(message, { place, advice: 'If you mean it, allow more with --max-hosts NUMBER.' });
}

function addHost({ hosts }: Tree, name: string, vars: readonly VarValue[]): void {
  const known = hosts.get(name);
  if (known) append(known, vars);
  else hosts.set(name, [...vars]);
}

/** A spread of hundreds of thousands would overflow the stack. */
function append<T>(list: T[], more: readonly T[]): void {
  for (const one of more) list.push(one);
}

function readChildren(tree: Tree, yaml: YamlFile, owner: GroupNode, node: Node | undefined): void {
  for (const entry of yaml.entries(node, 'groups, each as `NAME:`')) {
    owner.children.set(entry.key, entry.place);
    readGroup(tree, yaml, entry);
  }
}

function refuseOddName(name: string, place: Place): void {
  if (name.length > LONGEST_NAME) {
    const message = `the name ${name.slice(0, 20)}… is longer than ${LONGEST_NAME} characters`;
    throw new InputError(message, { place });
  }
  if (name === '<<') {
    throw new InputError('`<<` merges vars, not hosts or groups', { place, advice: 'Write them out.' });
  }
  if (name === '.' || name === '..') {
    throw new InputError(`expected a name, found ${describe(name)}, which is a folder of host_vars/`, {
      place,
    });
  }
  // With a slash it would be a path out of host_vars/, and a control character would steer the terminal.
  if (/^[^\s,!&*?/]+$/.test(name) && !HIDDEN.test(name)) return;
  const without = HIDDEN.test(name) ? 'hidden characters' : 'spaces and without , ! & * ? /';
  const message = `expected a name without ${without}, found ${describe(name)}`;
  throw new InputError(message, { place });
}

/** `fine`: groups that are known to be in no cycle. */
function refuseCycles(
  tree: Tree,
  { name, children }: GroupNode,
  above: readonly string[],
  fine: Set<string>,
): void {
  const path = [...above, name];
  for (const [child, place] of children) {
    if (path.length > DEEPEST) {
      throw new InputError(`groups nested more than ${DEEPEST} levels deep`, { place });
    }
    if (path.includes(child)) {
      throw new InputError(`group ${child} contains itself: ${[...path, child].join(' → ')}`, { place });
    }
    const node = tree.groups.get(child);
    if (node && !fine.has(child)) refuseCycles(tree, node, path, fine);
  }
  fine.add(name);
}
