import type { PlannedStep, PreparedStep, ReadTogether } from '../model/index.ts';
import { findAll } from './find.ts';
import type { Session } from './session.ts';

/** One look at all steps of a host, and what follows from it. Changes nothing. */
export async function planHost(
  session: Session,
  steps: readonly PreparedStep[],
  readTogether: ReadTogether,
): Promise<PlannedStep[]> {
  const looks = steps.map((step) => step.look);
  const { results } = await session.again((remote) => readTogether(remote, looks));
  return findAll(steps, results);
}
