import type {
  Change,
  Failure,
  Finding,
  RolledStep,
  ShownChange,
  StepIdentity,
  StepResult,
  StepStatus,
} from '../model/index.ts';
import { mask, maskOldText } from '../model/index.ts';
import { isUnfinished, type PlannedStep } from './planned-step.ts';

const UNFINISHED = 'left by a rollout that did not end, or changed by hand';

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

/** A planned hook: it runs with the host's change, whatever it may find then. */
export function plannedHook(hook: PlannedStep): RolledStep {
  const on = hook.on.name;
  if (!isUnfinished(hook)) return notRun(hook, 'pending');
  return { ...plannedResult(hook.step, hook.finding), status: 'pending', note: UNFINISHED, on };
}

/** A hook that has not run. */
export function notRun({ step, on }: PlannedStep, status: 'pending' | 'skipped', note?: string): RolledStep {
  return { ...stepResult(step, 'ok'), status, on: on.name, ...(note === undefined ? {} : { note }) };
}

/** The result of a hook: one that does not apply to its host is ok, since `skipped` hooks are those that should have run. */
export function hookResult({ on }: Pick<PlannedStep, 'on'>, result: StepResult): RolledStep {
  const statuses = { changed: 'done', skipped: 'ok' } as const;
  const { status } = result;
  return {
    ...result,
    status: status === 'changed' || status === 'skipped' ? statuses[status] : status,
    on: on.name,
  };
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

/** A planned step that was not reached. */
export function unreachedResult(
  { step, finding }: Pick<PlannedStep, 'step' | 'finding'>,
  note?: string,
): StepResult {
  if (finding.status === 'blocked')
    return failedResult(step, { message: finding.reason, advice: finding.advice });
  if (finding.status === 'ok') return stepResult(step, 'ok');
  if (finding.status === 'skipped') return skippedResult(step, finding.reason);
  return { ...stepResult(step, 'skipped'), ...(note === undefined ? {} : { note }) };
}

export function hasFailed(steps: readonly Pick<RolledStep | StepResult, 'status'>[]): boolean {
  return steps.some(({ status }) => status === 'failed');
}

function shown({ aspect, summary, before, after }: Change): ShownChange {
  return {
    aspect,
    summary: mask(summary),
    ...(before === undefined ? {} : { before: maskOldText(before, after) }),
    ...(after === undefined ? {} : { after: mask(after) }),
  };
}
