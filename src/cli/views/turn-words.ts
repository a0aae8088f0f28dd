import type { HostPart, RolledStep } from '../../model/index.ts';

/** What happened to a host around its change, as far as it went wrong or stands open: for the end of its counts. */
export function turnWords({ rollouts = [], notReached }: HostPart): string[] {
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
