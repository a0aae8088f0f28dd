import type { Node } from 'yaml';
import { didYouMean, InputError, type Place } from '../model/index.ts';
import { refuseConflict } from './connection.ts';
import { expandRange } from './expand-range.ts';
import type { VarValue } from './var-value.ts';
import { varsOf } from './vars.ts';
import { describe, type Entry, type YamlFile } from './yaml-file.ts';

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
}

const FIELDS = ['hosts', 'vars', 'children'];

export function treeOf(yaml: YamlFile): Tree {
  const tree: Tree = { groups: new Map(), hosts: new Map() };
  const all = group(tree, 'all', yaml.placeOf(yaml.root));
  for (const entry of yaml.entries(yaml.root, 'groups, such as all:')) {
    if (FIELDS.includes(entry.key)) {
      const advice = 'Write all: above it, and indent it.';
      throw new InputError(`\`${entry.key}\` belongs into a group`, { place: entry.place, advice });
    }
    readGroup(tree, yaml, entry);
    if (entry.key !== 'all') all.children.set(entry.key, entry.place);
  }
  refuseCycles(tree, all, []);
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
  const made = group(tree, name, place);
  for (const entry of yaml.entries(value, `hosts, vars or children of group ${name}`)) {
    if (entry.key === 'vars') made.vars.push(...varsOf(yaml, entry.value, `vars of group ${name}`));
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
    refuseOddName(entry.key, entry.place);
    for (const name of expandRange(entry.key, entry.place)) {
      const vars = varsOf(yaml, entry.value, `vars of host ${name}`);
      tree.hosts.set(name, [...(tree.hosts.get(name) ?? []), ...vars]);
      owner.hosts.add(name);
    }
  }
}

function readChildren(tree: Tree, yaml: YamlFile, owner: GroupNode, node: Node | undefined): void {
  for (const entry of yaml.entries(node, 'groups, each as `NAME:`')) {
    owner.children.set(entry.key, entry.place);
    readGroup(tree, yaml, entry);
  }
}

function refuseOddName(name: string, place: Place): void {
  if (/^[^\s,!&*?]+$/.test(name)) return;
  const message = `expected a name without spaces and without , ! & * ?, found ${describe(name)}`;
  throw new InputError(message, { place });
}

function refuseCycles(tree: Tree, { name, children }: GroupNode, above: readonly string[]): void {
  const path = [...above, name];
  for (const [child, place] of children) {
    if (path.includes(child)) {
      throw new InputError(`group ${child} contains itself: ${[...path, child].join(' → ')}`, { place });
    }
    const node = tree.groups.get(child);
    if (node) refuseCycles(tree, node, path);
  }
}
