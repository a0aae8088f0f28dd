import {
  type Host,
  type HostFailure,
  HostKeyError,
  type HostPart,
  type HostResult,
  type HostStatus,
  InterruptedError,
  type RolledStep,
  type StepResult,
  UnreachableError,
} from '../model/index.ts';
import { failureFrom } from './command-failure.ts';

export function hostFailure(error: unknown): HostFailure {
  return { ...failureFrom(error), kind: kindOf(error) };
}

function kindOf(error: unknown): HostFailure['kind'] {
  if (error instanceof HostKeyError) return 'host-key';
  if (error instanceof InterruptedError) return 'interrupted';
  return error instanceof UnreachableError ? 'unreachable' : 'other';
}

export function hostPart(
  { name, address }: Host,
  steps: readonly StepResult[],
  failure: HostFailure | undefined,
  { rollouts = [], notReached }: Pick<HostResult, 'rollouts' | 'notReached'> = {},
): HostPart {
  const rolled = rollouts.flatMap(({ before, after, verify }) => [...before, ...after, ...verify]);
  const status = statusOf([...steps, ...rolled], failure, notReached !== undefined);
  return {
    ...{ name, address, status, steps, failure },
    ...(rollouts.length > 0 ? { rollouts } : {}),
    ...(notReached === undefined ? {} : { notReached }),
  };
}

/** The host cannot be connected to. */
export function isUnreachable({ kind }: HostFailure): boolean {
  return kind === 'unreachable' || kind === 'host-key';
}

function statusOf(
  steps: readonly (StepResult | RolledStep)[],
  failure: HostFailure | undefined,
  notReached: boolean,
): HostStatus {
  if (failure) return isUnreachable(failure) ? 'unreachable' : 'failed';
  const has = (status: StepResult['status']) => steps.some((step) => step.status === status);
  if (has('failed')) return 'failed';
  if (has('pending') || has('unknown') || notReached) return 'pending';
  return has('changed') ? 'changed' : 'ok';
}
