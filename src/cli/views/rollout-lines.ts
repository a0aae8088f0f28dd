import type { HostResult, HostTurn, RolledStep, RolloutResult } from '../../model/index.ts';
import type { Paint } from './paint.ts';
import { visible } from './visible.ts';

const MARKS: Record<RolledStep['status'], string> = {
  ok: '=',
  done: '✓',
  pending: '~',
  unknown: '?',
  failed: '✗',
  skipped: '-',
};

/** What goes before and after a host's change, one line for each step, with the hosts that it runs on. */
export function turnLines(
  { rollouts = [] }: HostResult,
  paint: Paint,
): { before: string[]; after: string[] } {
  return {
    before: rollouts.flatMap(({ before }) => rolledLines('before', before, paint)),
    after: rollouts.flatMap((turn) => [
      ...rolledLines('after', turn.after, paint),
      ...checkLines(turn, paint),
    ]),
  };
}

/** The same said of several hosts is said once. */
function rolledLines(when: string, steps: readonly RolledStep[], paint: Paint): string[] {
  const hosts = new Map<string, { head: string; names: string[]; tail: string }>();
  for (const step of steps) {
    const head = `  ${paint.dim(MARKS[step.status])} ${visible(`${when}: ${step.kind} ${step.name} on`)}`;
    const tail = saying(step, paint);
    const same = hosts.get(`${head}\0${tail}`);
    if (same) same.names.push(step.on);
    else hosts.set(`${head}\0${tail}`, { head, names: [step.on], tail });
  }
  return [...hosts.values()].map(({ head, names, tail }) => `${head} ${visible(names.join(', '))}${tail}`);
}

function saying({ changes, note, failure }: RolledStep, paint: Paint): string {
  const said = [...changes.map(({ summary }) => summary), note, failure?.message.split('\n')[0]].filter(
    Boolean,
  );
  return said.length > 0 ? `${paint.dim(':')} ${visible(said.join('; '))}` : '';
}

function checkLines({ verify }: HostTurn, paint: Paint): string[] {
  const failed = verify.filter(({ status }) => status === 'failed');
  const held = verify.filter(({ status }) => status === 'ok').length;
  if (failed.length === 0 && held > 0)
    return [`  ${paint.dim(MARKS.ok)} after: ${held === 1 ? '1 check holds' : `${held} checks hold`}`];
  return failed.map(
    ({ kind, name, failure }) =>
      `  ${paint.red('✗')} ${visible(`check: ${kind} ${name}: ${failure?.message ?? ''}`)}`,
  );
}

/** `rollout of Load balancers: lb-02, then lb-01 (holds the address)`, and why it stopped. */
export function rolloutLines(rollouts: readonly RolloutResult[], paint: Paint): string[] {
  return rollouts.flatMap(({ play, batches, last, stopped, notReached }) => {
    const named = (host: string) => (host === last?.host ? `${host} (holds ${last.holds})` : host);
    const order = batches.map((batch) => batch.map(named).join(' and ')).join(', then ');
    const missed = notReached.length > 0 ? `; not reached: ${notReached.join(', ')}` : '';
    return [
      `  ${paint.dim(visible(`rollout of ${play}:`))} ${visible(order) || 'no host'}`,
      ...(stopped === undefined ? [] : [`  ${paint.red(visible(`it stops: ${stopped}`))}${visible(missed)}`]),
    ];
  });
}
