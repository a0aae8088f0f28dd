import { isSettled, type PlannedStep } from '../../model/index.ts';

/** A stretch of a host's steps, by index: from, up to but not with. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What is looked at right before a step: from it on, up to and with the first pending one. */
export function stretchAt(planned: readonly PlannedStep[], at: number): Stretch {
  return { from: at, to: behindNextPending(planned, at) };
}

/** What is looked at right after a step has acted, with it; after the last pending one all steps, once more. */
export function stretchAfter(planned: readonly PlannedStep[], at: number): Stretch {
  const to = behindNextPending(planned, at + 1);
  return { from: planned.slice(at + 1, to).some(isPending) ? at : 0, to };
}

function behindNextPending(planned: readonly PlannedStep[], from: number): number {
  const next = planned.findIndex((step, index) => index >= from && isPending(step));
  return next === -1 ? planned.length : next + 1;
}

function isPending({ finding }: PlannedStep): boolean {
  return !isSettled(finding);
}
