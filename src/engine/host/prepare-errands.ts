import type { Errand, PreparedStep, Project } from '../../model/index.ts';

/** An errand that needs nothing of the laptop any more. */
export interface PreparedErrand extends Omit<Errand, 'step'> {
  readonly step: PreparedStep;
}

export function prepareErrands(errands: readonly Errand[], project: Project): Promise<PreparedErrand[]> {
  return Promise.all(
    errands.map(async (errand) => ({ ...errand, step: await errand.step.prepare(project) })),
  );
}
