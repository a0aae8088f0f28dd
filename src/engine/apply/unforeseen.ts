import type { Change, Finding } from '../../model/index.ts';

/** The changes of a fresh look that the plan neither showed nor called unknown. */
export function unforeseen(planned: Finding, fresh: readonly Change[]): Change[] {
  if (planned.status === 'unknown') return [];
  const shown = planned.status === 'change' ? planned.changes : [];
  return fresh.filter((change) => !shown.some((one) => covers(one, change)));
}

function covers(shown: Change, fresh: Change): boolean {
  if (shown.whole) return true;
  return shown.aspect === fresh.aspect && (shown.before === undefined || shown.before === fresh.before);
}
