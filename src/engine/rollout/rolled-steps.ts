import type { Host, RolledStep, StepResult } from '../../model/index.ts';
import type { PreparedErrand } from '../host/prepare-errands.ts';
import { stepResult } from '../step-result.ts';

/** Each errand as it is spoken of while it has not run. */
export function notRun(
  errands: readonly PreparedErrand[],
  status: 'pending' | 'skipped',
  note?: string,
): RolledStep[] {
  return errands.flatMap(({ hosts, step }) =>
    hosts.map((host) => ({ ...stepResult(step, 'ok'), status, on: host.name, ...(note ? { note } : {}) })),
  );
}

/** What became of an errand on one of its hosts. */
export function rolled(result: StepResult, { name }: Host): RolledStep {
  return { ...result, status: result.status === 'changed' ? 'done' : result.status, on: name };
}

export function hasFailed(steps: readonly Pick<RolledStep | StepResult, 'status'>[]): boolean {
  return steps.some(({ status }) => status === 'failed');
}
