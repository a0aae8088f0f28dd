import { blocked, type Change, differs, type Finding, type PredictedEffects } from '../../model/index.ts';

/** Why something cannot be done as the host is now. */
export interface Precondition {
  readonly reason: string;
  readonly advice?: string;
  /** What to say of it where an earlier step, still to be applied, may take it away; without it, none can. */
  readonly later?: string;
  /** The path that is missing, if that is all. */
  readonly path?: string;
  /** Paths of which an earlier step must bring or touch one, to take it away; without them, any earlier step may. */
  readonly untilTouched?: readonly string[];
}

/** The changes, unless something is in their way that no earlier step may remove. */
export function unlessBlocked(
  changes: readonly Change[],
  obstacles: readonly Precondition[],
  effects: PredictedEffects,
): Finding {
  if (changes.length === 0) return differs(changes);
  const left = obstacles.filter(({ path }) => path === undefined || !effects.appears(path)?.certain);
  const final = left.find((one) => !mayGo(one, effects));
  if (final) return blocked(final.reason, final.advice);
  return left.length === 0 ? differs(changes) : differs(changes, left.map(({ later }) => later).join('; '));
}

function mayGo({ later, untilTouched }: Precondition, effects: PredictedEffects): boolean {
  if (later === undefined || effects.pending === undefined) return false;
  return untilTouched?.some((path) => effects.appears(path) || effects.touches(path)) ?? true;
}
