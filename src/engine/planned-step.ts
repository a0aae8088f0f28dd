import {
  type Check,
  type Finding,
  type Host,
  isSettled,
  type Play,
  type PreparedStep,
} from '../model/index.ts';

/** What the steps of a plan have in common. */
interface Planned {
  /** The host whose change it belongs to. */
  readonly host: Host;
  readonly play: Play;
  /** The host that it runs on: another one for most hooks. */
  readonly on: Host;
}

/** One line of the plan. */
export interface PlannedStep extends Planned {
  /** `before` and `after` are the hooks around the host's change in a rollout. */
  readonly phase: 'before' | 'change' | 'after';
  readonly step: PreparedStep;
  /** Of an `after` step, a change is cleanup that an earlier run did not finish. */
  readonly finding: Finding;
  /** A hook that is left out where one before it has failed. */
  readonly ifDone?: boolean | undefined;
}

/** A check of a play. What it finds is known once it has run. */
export interface PlannedCheck extends Planned {
  readonly phase: 'verify';
  readonly step: Check;
}

export function isPending({ finding }: Pick<PlannedStep, 'finding'>): boolean {
  return !isSettled(finding);
}

/** Cleanup that an earlier run did not finish. */
export function isUnfinished({ phase, finding }: Pick<PlannedStep, 'phase' | 'finding'>): boolean {
  return phase === 'after' && finding.status === 'change';
}
