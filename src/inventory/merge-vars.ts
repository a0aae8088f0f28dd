import { connectionKey } from './connection.ts';
import type { GroupNode, Tree } from './tree.ts';
import type { Vars, VarValue } from './var-value.ts';

/** The groups that a host is in, from `all` to the innermost: the later one's vars win. */
export function groupsOf(tree: Tree, host: string): GroupNode[] {
  const depths = depthsOf(tree);
  const inside = [...tree.groups.values()].filter(({ name }) => name === 'all' || contains(tree, name, host));
  return inside.sort(
    (a, b) => (depths.get(a.name) ?? 0) - (depths.get(b.name) ?? 0) || (a.name < b.name ? -1 : 1),
  );
}

/** Whether the host is in the group or in one of its child groups. */
export function contains(tree: Tree, group: string, host: string): boolean {
  const node = tree.groups.get(group);
  if (!node) return false;
  return node.hosts.has(host) || [...node.children.keys()].some((child) => contains(tree, child, host));
}

/** How far down each group is from `all`, by the longest way. */
function depthsOf(tree: Tree): Map<string, number> {
  const depths = new Map<string, number>();
  const descend = (name: string, depth: number): void => {
    if ((depths.get(name) ?? -1) >= depth) return;
    depths.set(name, depth);
    for (const child of tree.groups.get(name)?.children.keys() ?? []) descend(child, depth + 1);
  };
  for (const name of tree.groups.keys()) descend(name, name === 'all' ? 0 : 1);
  return depths;
}

/** Of each var the last value; the names of one connection key are one. */
export function mergeVars(levels: readonly Vars[]): Map<string, VarValue> {
  return new Map(levels.flat().map((one) => [connectionKey(one.name) ?? one.name, one]));
}
