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
  return { ...result, status: rolledStatus(result.status), on: name };
}

/** What does not apply to its host has nothing to do there; `skipped` is what was not run although it should have been. */
function rolledStatus(status: StepResult['status']): RolledStep['status'] {
  if (status === 'changed') return 'done';
  return status === 'skipped' ? 'ok' : status;
}

export function hasFailed(steps: readonly Pick<RolledStep | StepResult, 'status'>[]): boolean {
  return steps.some(({ status }) => status === 'failed');
}
