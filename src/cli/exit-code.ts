import type { HostResult, RolledStep, StepResult } from '../model/index.ts';

export const EXIT = {
  done: 0,
  bug: 1,
  pending: 2,
  failed: 3,
  unreachable: 4,
  usage: 5,
  hostKey: 6,
  declined: 7,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** The exit code of the signal that ended the run, so that the JSON document says the same as the process. */
export function signalled({ reason }: AbortSignal): number | undefined {
  return typeof reason === 'number' ? reason : undefined;
}

/** The worst host decides. `detailed`: pending changes count too. */
export function exitCodeOf(hosts: readonly HostResult[], detailed = false): number {
  const codes = hosts.map((host) => codeOf(host, detailed));
  return Math.max(EXIT.done, ...codes);
}

function codeOf(host: HostResult, detailed: boolean): number {
  if (host.failure?.kind === 'host-key') return EXIT.hostKey;
  if (host.failure?.kind === 'unreachable') return EXIT.unreachable;
  const steps = [...host.steps, ...turnSteps(host), ...(host.checks ?? [])];
  const has = (status: StepResult['status']) => steps.some((step) => step.status === status);
  if (host.failure || has('failed')) return EXIT.failed;
  return detailed && (has('pending') || has('unknown')) ? EXIT.pending : EXIT.done;
}

/** What goes before and after a change decides like a step. */
function turnSteps({ rollouts = [] }: HostResult): readonly Pick<StepResult | RolledStep, 'status'>[] {
  return rollouts.flatMap(({ before, after, verify }) => [...before, ...after, ...verify]);
}
