import type { Change, Failure, Finding, PlannedStep, StepResult } from '../../model/index.ts';
import { failedResult, skippedResult, stepResult } from '../step-result.ts';
import type { Fresh } from './host-hand.ts';
import { unforeseen } from './unforeseen.ts';

const STILL_OWED =
  'The steps after it were not done here. Mend the cause and apply again: what is owed stays in the plan.';

/** What is to be done about a step, now that it was looked at right before acting. */
export type Decision = { readonly act: readonly Change[] } | { readonly result: StepResult };

export function decide({ step, finding: planned }: PlannedStep, fresh: Finding): Decision {
  if (fresh.status === 'ok') return { result: stepResult(step, 'ok') };
  if (fresh.status === 'skipped') return { result: skippedResult(step, fresh.reason) };
  if (fresh.status !== 'change') return { result: failedResult(step, whyNot(fresh)) };
  const surprises = unforeseen(planned, fresh.changes);
  if (surprises.length > 0) return { result: failedResult(step, movedSincePlan(surprises), surprises) };
  return { act: fresh.changes };
}

/** What has become of a step that was acted upon. */
export function judge(
  { step }: PlannedStep,
  done: readonly Change[],
  { failure, lost }: Fresh,
  after: Finding,
): StepResult {
  if (failure) return failedResult(step, { ...failure, advice: failure.advice ?? STILL_OWED }, done);
  if (after.status === 'ok') return stepResult(step, 'changed', done);
  // Nothing more can be done now: it takes effect with a reboot, for example.
  if (after.status === 'skipped') return { ...stepResult(step, 'changed', done), note: after.reason };
  if (after.status === 'change')
    return failedResult(step, (lost ? cutOff : stillDiffers)(after.changes), done);
  return failedResult(step, whyNot(after), done);
}

/** A step that was in order, until a later one set it back. */
export function setBack({ step }: PlannedStep, finding: Finding): StepResult {
  const left = finding.status === 'change' ? `: ${summaries(finding.changes)}` : '';
  return failedResult(step, {
    message: `it differs again after the later steps${left}`,
    advice: 'Two steps of the playbook work against each other, or something on the host does.',
  });
}

function whyNot(finding: Exclude<Finding, { status: 'ok' | 'change' | 'skipped' }>): Failure {
  if (finding.status === 'blocked') return { message: finding.reason, advice: finding.advice };
  return {
    message: `still not known: ${finding.why}`,
    advice: 'Run plan again to see where the host stands.',
  };
}

function movedSincePlan(surprises: readonly Change[]): Failure {
  return {
    message: `the host has moved since the plan, which did not show: ${summaries(surprises)}`,
    advice: 'Nothing more was done on this host. Run plan again and look at it.',
  };
}

function stillDiffers(left: readonly Change[]): Failure {
  return {
    message: `done, but it still differs: ${summaries(left)}`,
    advice: 'Something on the host may be setting it back; run plan again with --diff.',
  };
}

function cutOff(left: readonly Change[]): Failure {
  return {
    message: `the connection was lost while this was done; it still differs: ${summaries(left)}`,
    advice: 'It may not have begun, or still be running there: look at the host, then run plan again.',
  };
}

function summaries(changes: readonly Change[]): string {
  return changes.map((change) => change.summary).join('; ');
}
