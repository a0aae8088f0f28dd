import type { PredictedEffects } from '../../model/index.ts';
import type { UnitState } from './unit-state.ts';

/** A file's time of change comes from a clock that ticks every few ms, and lags behind the other by as much. */
const TIE = 0.05;

/** The listed files that the running unit has not read as they are, or will not have by then, each with why. */
export function staleFiles(state: UnitState, paths: readonly string[], effects: PredictedEffects): string[] {
  return paths.flatMap((path) => {
    if (isStale(state, path)) return [`${path} has changed since it was read`];
    const touched = isRecorded(state, path) ? undefined : effects.touches(path);
    const missing = state.files.get(path)?.sum === 'missing';
    const prediction = effects.changes(path) ?? (missing ? effects.appears(path) : touched);
    if (!prediction) return [];
    return [`${path} ${prediction.certain ? 'will' : 'may'} ${missing ? 'appear' : 'change'}`];
  });
}

/**
 * systemd cannot be asked when a unit last reloaded well. The record says what this very process has read; where
 * it says nothing, a file that changed after the start (a tie counts as after) has not been read.
 */
function isStale(state: UnitState, path: string): boolean {
  const { record, started, files } = state;
  const file = files.get(path);
  if (!file) return false;
  if (isRecorded(state, path)) return record?.sums.get(path) !== file.sum;
  if (file.changed === undefined) return false;
  return started === undefined || file.changed + TIE >= started;
}

function isRecorded({ record, process }: UnitState, path: string): boolean {
  return record?.process === process && record.sums.has(path);
}
