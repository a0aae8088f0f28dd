import type { Change, Failure, Finding, StepResult } from '../model/index.ts';
import type { PlannedStep } from './planned-step.ts';
import type { Fresh } from './step-executor.ts';
import { failedResult, skippedResult, stepResult } from './step-result.ts';

const STILL_PENDING =
  'The steps after it were not done here. Fix the cause and apply again; the remaining steps stay in the plan.';

type Planned = Pick<PlannedStep, 'step' | 'finding'>;

/** Why nothing may be done on the host: a step differs from the plan although nothing was done yet. */
export function verdictBeforeAll(
  { step, finding: planned }: Planned,
  fresh: Finding,
): StepResult | undefined {
  if (planned.status === 'unknown') return undefined;
  if (fresh.status === 'blocked') return failedResult(step, whyNot(fresh));
  if (fresh.status !== 'change') return undefined;
  const shown = planned.status === 'change' ? planned.changes : [];
  const surprises = fresh.changes.filter((change) => !shown.some((one) => isSame(one, change)));
  return surprises.length > 0 ? failedResult(step, hostChanged(surprises), surprises) : undefined;
}

/** What to do about a step, by the look right before acting. */
export type Verdict = { readonly act: readonly Change[] } | { readonly result: StepResult };

export function verdictBefore({ step, finding: planned }: Planned, fresh: Finding): Verdict {
  if (fresh.status === 'ok') return { result: stepResult(step, 'ok') };
  if (fresh.status === 'skipped') return { result: skippedResult(step, fresh.reason) };
  if (fresh.status !== 'change') return { result: failedResult(step, whyNot(fresh)) };
  const surprises = changedSincePlan(planned, fresh.changes);
  if (surprises.length > 0) return { result: failedResult(step, hostChanged(surprises), surprises) };
  return { act: fresh.changes };
}

/** What has become of a step that was acted upon. */
export function verdictAfter(
  { step }: Planned,
  done: readonly Change[],
  { failure, lost }: Fresh,
  after: Finding,
): StepResult {
  if (failure) return failedResult(step, { ...failure, advice: failure.advice ?? STILL_PENDING }, done);
  if (after.status === 'ok') return stepResult(step, 'changed', done);
  // Nothing more can be done now: it takes effect with a reboot, for example.
  if (after.status === 'skipped') return { ...stepResult(step, 'changed', done), note: after.reason };
  if (after.status === 'change')
    return failedResult(step, (lost ? cutOff : stillDiffers)(after.changes), done);
  return failedResult(step, whyNot(after), done);
}

/** A step that was in order, until a later one set it back. */
export function setBack({ step }: Planned, finding: Finding): StepResult {
  const left = finding.status === 'change' ? `: ${summaries(finding.changes)}` : '';
  return failedResult(step, {
    message: `it differs again after the later steps${left}`,
    advice: 'Two steps of the playbook work against each other, or something on the host does.',
  });
}

/** The changes of a fresh look that the plan neither showed nor called unknown. */
function changedSincePlan(planned: Finding, fresh: readonly Change[]): Change[] {
  if (planned.status === 'unknown') return [];
  const shown = planned.status === 'change' ? planned.changes : [];
  return fresh.filter((change) => !shown.some((one) => covers(one, change)));
}

function covers(shown: Change, fresh: Change): boolean {
  if (shown.whole) return true;
  return shown.aspect === fresh.aspect && (shown.before === undefined || shown.before === fresh.before);
}

/** Unlike `covers`: an object that was to be created must still be missing. */
function isSame(shown: Change, fresh: Change): boolean {
  return covers({ ...shown, whole: false }, fresh) && (shown.whole ?? false) === (fresh.whole ?? false);
}

function whyNot(finding: Exclude<Finding, { status: 'ok' | 'change' | 'skipped' }>): Failure {
  if (finding.status === 'blocked') return { message: finding.reason, advice: finding.advice };
  return {
    message: `still not known: ${finding.why}`,
    advice: 'Run plan again to see the state of the host.',
  };
}

function hostChanged(surprises: readonly Change[]): Failure {
  return {
    message: `the host changed after planning; not in the plan: ${summaries(surprises)}`,
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
