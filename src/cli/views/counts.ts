import type {
  HostFailure,
  HostPart,
  HostResult,
  RolledStep,
  StepResult,
  StepStatus,
} from '../../model/index.ts';

export type Counts = Record<StepStatus, number>;

export function countSteps({ steps }: Pick<HostResult, 'steps'>): Counts {
  const counts: Counts = { ok: 0, changed: 0, pending: 0, unknown: 0, failed: 0, skipped: 0 };
  for (const { status } of steps) counts[status] += 1;
  return counts;
}

const WORDS: Record<StepStatus, string> = {
  failed: 'failed',
  changed: 'changed',
  pending: 'to change',
  unknown: 'not known yet',
  ok: 'ok',
  skipped: 'skipped',
};

const FAILURES: Record<HostFailure['kind'], string> = {
  unreachable: 'unreachable',
  'host-key': 'unreachable',
  interrupted: 'interrupted',
  other: 'failed',
};

/** `2 to change, 1 not known yet, 9 ok`, and of an apply with --verify `9 ok; checks: 3 ok`. */
export function countsInWords(host: HostPart): string {
  const parts = partsOf(host.steps);
  if (host.failure) parts.unshift(FAILURES[host.failure.kind]);
  parts.push(...turnWords(host));
  const steps = parts.join(', ') || 'nothing to do';
  return host.checks ? `${steps}; checks: ${partsOf(host.checks).join(', ') || 'none'}` : steps;
}

function partsOf(steps: readonly StepResult[]): string[] {
  const counts = countSteps({ steps });
  const statuses = Object.keys(WORDS) as StepStatus[];
  return statuses
    .filter((status) => counts[status] > 0)
    .map((status) => `${counts[status]} ${WORDS[status]}`);
}

/** What happened to a host around its change, as far as it went wrong or stands open: for the end of its counts. */
function turnWords({ rollouts = [], notReached }: HostPart): string[] {
  const before = rollouts.flatMap((turn) => turn.before);
  const after = rollouts.flatMap((turn) => turn.after);
  const open = after.filter(
    (step) => step.status === 'failed' || step.status === 'skipped' || isLeftOpen(step),
  );
  return [
    ...(before.some(({ status }) => status === 'failed') ? ['failed before its change'] : []),
    ...(open.length > 0 ? [`${open.length} left open`] : []),
    ...(rollouts.some((turn) => turn.verify.some(({ status }) => status === 'failed'))
      ? ['its checks fail']
      : []),
    ...(notReached === undefined ? [] : ['not reached']),
  ];
}

/** What stands open since an earlier rollout is seen by plan with what it takes to close it. */
function isLeftOpen({ status, changes }: RolledStep): boolean {
  return status === 'pending' && changes.length > 0;
}
