import type { Command } from './command.ts';
import type { Facts, Host } from './host.ts';
import type { Step } from './step.ts';

/** How many of a play's hosts: a number of them, or a percentage such as `'50%'`. */
export type Share = number | `${number}%`;

/** What is about to happen to the units of a host, for the steps before and after it to choose by. */
export interface Pending {
  /**
   * Units, without `.service`, that will or may be restarted or stopped: by `restartOn`, or because their package is
   * up- or downgraded, which restarts its running units on EL. Where a host cannot list a package's files (CentOS 7),
   * all units of the play's `systemdService` steps.
   */
  readonly restarts: readonly string[];
  /** Units that will be reloaded, and not restarted. */
  readonly reloads: readonly string[];
}

/** How to find the host that is changed last. */
export interface LastProbe {
  /** What that host has and the others do not, for people: `the address`. */
  readonly holds: string;
  /** Exits 0 on that host and non-zero on the others. It must not change anything. */
  readonly probe: Command;
}

/** A step before or after a host's change, and where it runs. */
export interface Hook {
  readonly hosts: readonly Host[];
  readonly step: Step;
  /** Left out where a step before it in the list has failed, also after a change. */
  readonly ifDone?: boolean;
}

/** How a play goes from host to host, where it does not change all of them side by side. */
export interface Rollout {
  /** Sizes of the batches; the last one goes on. */
  readonly serial: readonly Share[];
  /** How many hosts may fail before the rest is left alone. */
  readonly maxFail: Share;
  last(host: Host, facts: Facts | undefined): LastProbe | undefined;
  before(host: Host, facts: Facts | undefined, pending: Pending): Hook[];
  after(host: Host, facts: Facts | undefined, pending: Pending): Hook[];
}

export const nothingPending: Pending = { restarts: [], reloads: [] };
