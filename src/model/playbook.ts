import type { Check } from './check.ts';
import type { Facts, Host } from './host.ts';
import type { Place } from './place.ts';
import type { Rollout } from './rollout.ts';
import type { Step } from './step.ts';

/** What the functions of a play get to know; all of it known before a host is touched, but for `facts`. */
export interface PlayContext<Vars> {
  readonly host: Host;
  /** The host's vars, checked and with their defaults. */
  readonly vars: Vars;
  /** The hosts of a group, in the inventory's order, whatever --limit says; `-e` is in their vars too. */
  group(name: string): readonly Host[];
  /** What the host says of itself; using it costs one more round trip. */
  readonly facts: Facts;
}

/** What a play's `requires` gets to know: the inventory, and nothing of the hosts themselves. */
export interface RequiresContext<Vars> {
  /** All hosts of the play in the inventory's order, whatever --limit says. */
  readonly hosts: readonly {
    readonly host: Host;
    /** Its vars, checked and with their defaults. */
    readonly vars: Vars;
  }[];
  /** The hosts of a group, in the inventory's order. */
  group(name: string): readonly Host[];
}

/** A play for one host, its vars checked: what the engine works with. */
export interface Play {
  readonly name: string;
  readonly hosts: readonly Host[];
  readonly place: Place | undefined;
  steps(host: Host, facts: Facts | undefined): Step[];
  checks(host: Host, facts: Facts | undefined): Check[];
  /** Seconds for which its checks may fail after a change. Default 0. */
  readonly settle?: number;
  /** Without it all hosts are changed side by side. */
  readonly rollout?: Rollout;
}

/** Thrown by a context without facts when the play asks for them. */
export class FactsNeeded extends Error {}
