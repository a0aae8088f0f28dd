import type { Foretold } from '../../model/index.ts';
import type { UnitState } from './unit-state.ts';

/** A file's time of change comes from a clock that ticks every few ms, and lags behind the other by as much. */
const TIE = 0.05;

/** The listed files that the running unit has not read as they are, or will not have by then, each with why. */
export function staleFiles(state: UnitState, paths: readonly string[], foretold: Foretold): string[] {
  return paths.flatMap((path) => {
    if (isStale(state, path)) return [`${path} has changed since it was read`];
    const missing = state.files.get(path)?.sum === 'missing';
    const foresight = foretold.changes(path) ?? (missing ? foretold.appears(path) : undefined);
    if (!foresight) return [];
    return [`${path} ${foresight.certain ? 'will' : 'may'} ${missing ? 'appear' : 'change'}`];
  });
}

/**
 * systemd cannot be asked when a unit last reloaded well. The record says what this very process has read; where
 * it says nothing, a file that changed after the start (a tie counts as after) has not been read.
 */
function isStale({ record, process, started, files }: UnitState, path: string): boolean {
  const file = files.get(path);
  if (!file) return false;
  const read = record?.process === process ? record.sums.get(path) : undefined;
  if (read !== undefined) return read !== file.sum;
  if (file.changed === undefined) return false;
  return started === undefined || file.changed + TIE >= started;
}
