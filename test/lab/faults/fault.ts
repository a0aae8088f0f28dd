import type { Host, Net } from '../names.ts';

/** A host of a lab, seen from this machine. */
export interface Target {
  readonly net: Net;
  readonly host: Host;
}

/** One way in which a host, or the way to it, can be disturbed from outside. */
export interface Fault {
  /** What it takes, and its default; undefined: nothing. An optional argument may be empty. */
  readonly takes?: { readonly name: string; readonly pattern: RegExp; readonly optional?: true };
  /** It reaches into the host's system, which cannot be done where that has a kernel of its own. */
  readonly inside?: true;
  /** What it does, for the usage. */
  readonly does: string;
  /** Disturbs the host. Caused twice, the second time counts. */
  cause(target: Target, argument: string): Promise<void>;
  /** Takes it back, whichever process has caused it; fine where there is nothing to take back. */
  mend(target: Target): Promise<void>;
  /** Found by looking at the machine. */
  isOn(target: Target): Promise<boolean>;
}

export const SECONDS = { name: '[SECONDS]', pattern: /^(\d+(\.\d+)?)?$/, optional: true } as const;
export const FOLDER = { name: 'FOLDER', pattern: /^\/[^'\n]+$/ };

/** For what is over as soon as it has happened. */
export const PASSING = { mend: async () => {}, isOn: async () => false };
