import type { Finding, PlannedStep, PreparedStep, ReadTogether } from '../../model/index.ts';
import type { Session } from '../session/session.ts';
import { findAll, findingOf } from './find.ts';
import { nothingForetold } from './foretell.ts';

/** What one look at a host found. */
export interface HostPlan {
  readonly planned: PlannedStep[];
  /** Of the visitors, as things are now: nothing that is pending counts for them. */
  readonly visited: Finding[];
}

/** One look at all steps of a host, and at those of visitors, and what follows from it. Changes nothing. */
export async function planHost(
  session: Session,
  steps: readonly PreparedStep[],
  readTogether: ReadTogether,
  visitors: readonly PreparedStep[] = [],
): Promise<HostPlan> {
  const looks = [...steps, ...visitors].map((step) => step.look);
  const { results } = await session.again((remote) => readTogether(remote, looks));
  return {
    planned: findAll(steps, results.slice(0, steps.length)),
    visited: results.slice(steps.length).map((looked) => findingOf(looked, nothingForetold)),
  };
}
