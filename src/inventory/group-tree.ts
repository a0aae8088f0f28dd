import { type GroupNode, refuseTooMuch, type Tree } from './tree.ts';

/** Which hosts are in which groups. All of it is found out once: groups may share children in many ways. */
export class GroupTree {
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
