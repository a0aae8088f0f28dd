import { isPending, type PlannedStep } from './planned-step.ts';

/** A range of a host's steps, by index; `to` is not in it. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

type Planned = Pick<PlannedStep, 'finding'>;

/** What is looked at right before a step: from it up to the first pending one. */
export function rangeAt(planned: readonly Planned[], at: number): StepRange {
  return { from: at, to: behindNextPending(planned, at) };
}

/** What is looked at right after a step has acted, along with it; after the last pending one all steps, once more. */
export function rangeAfter(planned: readonly Planned[], at: number): StepRange {
  const to = behindNextPending(planned, at + 1);
  return { from: planned.slice(at + 1, to).some(isPending) ? at : 0, to };
}

function behindNextPending(planned: readonly Planned[], from: number): number {
  const next = planned.findIndex((step, index) => index >= from && isPending(step));
  return next === -1 ? planned.length : next + 1;
}
