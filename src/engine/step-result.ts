import type {
  Change,
  Failure,
  Finding,
  PlannedStep,
  ShownChange,
  StepIdentity,
  StepResult,
  StepStatus,
} from '../model/index.ts';
import { mask, maskOldText } from '../model/index.ts';

/** A planned step as its result when nothing is applied. */
export function plannedResult(step: StepIdentity, finding: Finding): StepResult {
  switch (finding.status) {
    case 'ok':
      return stepResult(step, 'ok');
    case 'change':
      return { ...stepResult(step, 'pending', finding.changes), note: finding.note };
    case 'unknown':
      return { ...stepResult(step, 'unknown'), note: `known after ${finding.until}: ${finding.why}` };
    case 'blocked':
      return failedResult(step, { message: finding.reason, advice: finding.advice, place: step.place });
    case 'skipped':
      return skippedResult(step, finding.reason);
  }
}

export function stepResult(
  step: StepIdentity,
  status: StepStatus,
  changes: readonly Change[] = [],
): StepResult {
  return { kind: step.kind, name: step.name, status, changes: changes.map(shown) };
}

/** A step that does not apply to the host, or was not reached. */
export function skippedResult(step: StepIdentity, note: string): StepResult {
  return { ...stepResult(step, 'skipped'), note };
}

export function failedResult(
  step: StepIdentity,
  failure: Failure,
  changes: readonly Change[] = [],
): StepResult {
  const message = mask(failure.message);
  return { ...stepResult(step, 'failed', changes), failure: { place: step.place, ...failure, message } };
}

/** A planned step that was not come to. */
export function untouchedResult({ step, finding }: PlannedStep, note?: string): StepResult {
  if (finding.status === 'blocked')
    return failedResult(step, { message: finding.reason, advice: finding.advice });
  if (finding.status === 'ok') return stepResult(step, 'ok');
  if (finding.status === 'skipped') return skippedResult(step, finding.reason);
  return { ...stepResult(step, 'skipped'), ...(note === undefined ? {} : { note }) };
}

function shown({ aspect, summary, before, after }: Change): ShownChange {
  return {
    aspect,
    summary: mask(summary),
    ...(before === undefined ? {} : { before: maskOldText(before, after) }),
    ...(after === undefined ? {} : { after: mask(after) }),
  };
}
