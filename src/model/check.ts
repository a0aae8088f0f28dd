import type { Command } from './command.ts';
import type { Host } from './host.ts';
import type { Place } from './place.ts';
import type { Reader } from './reader.ts';

/** What a check met on the way from the client to the servers; `verify --map` draws the site from it. */
export interface Sighting {
  /** How many answers came from each host, by its name; 0: it was expected, and never met. */
  readonly reached?: Readonly<Record<string, number>>;
  /** The address of this machine that was asked from. */
  readonly client?: string;
  /** An address that moves between hosts, and which of them hold it right now. */
  readonly virtual?: {
    readonly address: string;
    readonly hosts: readonly string[];
    readonly holders: readonly string[];
  };
}

export type Outcome = (
  | {
      readonly ok: true;
      readonly detail: string;
      /** What a person should know all the same; no failure. */
      readonly caution?: string;
    }
  | { readonly ok: false; readonly detail: string; readonly advice?: string }
) & { readonly sighting?: Sighting };

/** What a check may use. */
export interface CheckContext {
  /**
   * When the checks of this host began, by `performance.now()`: the time that a check may wait for something to settle
   * counts from then, so that several which wait for the same do not take it several times.
   */
  readonly since: number;
  /** A look at the host whose play lists the check. */
  readonly host: Reader;
  /** Reads the state of another host of the inventory. */
  readonly at: (host: Host) => Reader;
  /**
   * Does something to the host, and returns a function that undoes it. If it is not called, the host undoes it automatically within
   * 60 s. Only for a check that `disturbs`.
   */
  readonly disturb: (command: Command, undo: Command) => Promise<() => Promise<void>>;
}

/** Proves from outside that a play serves its purpose; a play lists checks under `verify`. */
export interface Check {
  readonly kind: string;
  readonly name: string;
  readonly place: Place | undefined;
  /** It interrupts something for a moment: it runs only with --disturb, alone, after all others. */
  readonly disturbs: boolean;
  run(context: CheckContext): Promise<Outcome>;
}
