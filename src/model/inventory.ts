import type { Host } from './host.ts';
import type { Place } from './place.ts';

/** The keys of an inventory that say how to reach a host; every other key is a var. */
export const connectionKeys = [
  'address',
  'port',
  'user',
  'identityFile',
  'jump',
  'sshArgs',
  'connectTimeout',
  'hostKeys',
  'legacyAlgorithms',
  'sudo',
] as const;

export type ConnectionKey = (typeof connectionKeys)[number];

/** A key that is a var to us, but looks like a misspelt key of ours. */
export interface Suspect {
  readonly key: string;
  readonly meant: string;
  readonly place: Place;
}

/** A value that the inventory has for a var of a host. */
export interface Origin {
  readonly value: unknown;
  readonly place: Place;
}

/** The hosts of an inventory file, their groups, and where each var was written. */
export interface Inventory {
  readonly file: string;
  /** In the order of the file. */
  readonly hosts: readonly Host[];
  /** The hosts of each group and of its child groups; `all` is one of them. */
  readonly groups: ReadonlyMap<string, readonly Host[]>;
  /** Hosts by pattern: names, groups, `all`, `a,b`, `!x`, `&x`, globs. */
  select(pattern: string): readonly Host[];
  /** Where the value that a host got for a var was written. */
  placeOf(host: string, name: string): Place | undefined;
  /** All values that a host was given for a var or a connection key: first the one in force, then those it beats. */
  originsOf(host: string, name: string): readonly Origin[];
  /** Keys within two edits of a connection key that are not among these declared vars. */
  suspects(declared: ReadonlySet<string>): readonly Suspect[];
}
