import type { Sighting } from './check.ts';
import type { Place } from './place.ts';

/** Why something failed, in parts, so that each view can say it its way. */
export interface Failure {
  readonly message: string;
  /** The command that failed, as a line of sh. */
  readonly command?: string | undefined;
  readonly exitCode?: number | undefined;
  /** Its last lines; for a unit, its journal. */
  readonly lines?: readonly string[];
  readonly advice?: string | undefined;
  readonly place?: Place | undefined;
}

export type StepStatus = 'ok' | 'changed' | 'pending' | 'unknown' | 'failed' | 'skipped';

/** A step before or after a host's change. It is `done` rather than `changed`, because it is not a change that the playbook describes. */
export interface RolledStep extends Omit<StepResult, 'status'> {
  readonly status: Exclude<StepStatus, 'changed'> | 'done';
  /** The host that it runs on. */
  readonly on: string;
}

/** What a rollout did for one host beside its steps; none of it is in the counts. */
export interface HostTurn {
  readonly play: string;
  readonly before: readonly RolledStep[];
  readonly after: readonly RolledStep[];
  /** The play's checks, after the host's batch. */
  readonly verify: readonly StepResult[];
}

/** How a play goes, or went, from host to host. */
export interface RolloutResult {
  readonly play: string;
  /** Hosts with something to do, batch by batch. */
  readonly batches: readonly (readonly string[])[];
  /** The host that is changed last, and why. */
  readonly last?: { readonly host: string; readonly holds: string } | undefined;
  /** Why it stopped, or would. */
  readonly stopped?: string | undefined;
  /** Hosts that were left alone for that. */
  readonly notReached: readonly string[];
}

export interface ShownChange {
  /** Which side of the object differs: `content`, `restart` … */
  readonly aspect?: string;
  readonly summary: string;
  readonly before?: string;
  readonly after?: string;
}

export interface StepResult {
  readonly kind: string;
  readonly name: string;
  readonly status: StepStatus;
  readonly changes: readonly ShownChange[];
  /** Why it is unknown, or what else there is to say. */
  readonly note?: string | undefined;
  /** Of a check that holds: what to know all the same. */
  readonly caution?: string;
  readonly failure?: Failure | undefined;
  /** Of a check: what it met. */
  readonly sighting?: Sighting;
  /** Of a check: how long it took. */
  readonly seconds?: number;
}

export type HostStatus = 'ok' | 'changed' | 'pending' | 'failed' | 'unreachable';

/** What ended a host's run outside of a step. */
export interface HostFailure extends Failure {
  readonly kind: 'unreachable' | 'host-key' | 'interrupted' | 'other';
}

export interface HostResult {
  readonly name: string;
  readonly address: string;
  readonly status: HostStatus;
  readonly steps: readonly StepResult[];
  /** Of an apply with --verify: its checks. The checks of a plain verify are its steps. */
  readonly checks?: readonly StepResult[];
  readonly failure?: HostFailure | undefined;
  readonly execs: number;
  /** Of the plays that go from host to host. */
  readonly rollouts?: readonly HostTurn[];
  /** Why a rollout stopped before all was done here. */
  readonly notReached?: string;
}

/** What has become of a host so far. */
export type HostPart = Omit<HostResult, 'execs'>;

export interface RunResult {
  readonly command: 'plan' | 'apply' | 'verify';
  readonly hosts: readonly HostResult[];
  readonly rollouts?: readonly RolloutResult[];
  readonly seconds: number;
}
