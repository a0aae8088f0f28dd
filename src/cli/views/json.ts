import {
  formatPlace,
  type HostResult,
  type HostTurn,
  mask,
  type RolledStep,
  type RolloutResult,
  type RunResult,
  type ShownChange,
  type StepResult,
} from '../../model/index.ts';
import { countSteps } from './counts.ts';
import { visibleJson } from './visible.ts';

export interface JsonError {
  readonly message: string;
  readonly advice?: string | undefined;
}

export interface JsonOptions {
  readonly error?: JsonError;
  readonly rollouts?: readonly RolloutResult[];
  /** Include the texts before and after each change. Off by default: a file may hold undeclared secrets. */
  readonly diff?: boolean;
}

/** The one document that `--json` prints, whatever happened; no secret is in it. */
export function json(
  command: RunResult['command'],
  hosts: readonly HostResult[],
  exitCode: number,
  { error, rollouts, diff = false }: JsonOptions = {},
): string {
  const documents = hosts.map((host) => hostDocument(host, diff));
  return jsonDocument(command, documents, exitCode, error, rollouts);
}

/** The same for any command; `hosts` are as they shall stand in it. */
export function jsonDocument(
  command: string,
  hosts: readonly object[],
  exitCode: number,
  error: JsonError | null = null,
  rollouts: readonly RolloutResult[] = [],
): string {
  const document = {
    schema: 1,
    command,
    exitCode,
    error,
    hosts,
    ...(rollouts.length > 0 ? { rollouts } : {}),
  };
  const masked = (_: string, value: unknown) => (typeof value === 'string' ? mask(value) : value);
  return visibleJson(JSON.stringify(document, masked, 2));
}

function hostDocument(host: HostResult, diff: boolean) {
  const stepDocument = (step: StepResult) => documentOf(step, diff);
  const { name, address, status, execs } = host;
  const error = host.failure ? { error: host.failure.message, advice: host.failure.advice } : {};
  return {
    name,
    address,
    status,
    counts: countSteps(host),
    execs,
    notReached: host.notReached,
    ...error,
    steps: host.steps.map(stepDocument),
    ...(host.rollouts ? { rollouts: host.rollouts.map((turn) => turnDocument(turn, diff)) } : {}),
    checks: host.checks?.map(stepDocument),
  };
}

function turnDocument({ play, before, after, verify }: HostTurn, diff: boolean) {
  const rolled = (step: RolledStep) => ({ on: step.on, ...documentOf(step, diff) });
  return {
    play,
    before: before.map(rolled),
    after: after.map(rolled),
    verify: verify.map((check) => documentOf(check, diff)),
  };
}

function documentOf({ failure, ...step }: StepResult | RolledStep, diff: boolean) {
  const { kind, name, status, note, caution, sighting, seconds } = step;
  const changes = diff ? step.changes : step.changes.map(withoutTexts);
  const said = { kind, name, status, changes, note, caution };
  return { ...said, ...(failure ? failureDocument(failure) : {}), sighting, seconds };
}

function withoutTexts({ before: _, after: __, ...change }: ShownChange): ShownChange {
  return change;
}

function failureDocument(failure: NonNullable<StepResult['failure']>) {
  const { message, command, exitCode, lines, advice, place } = failure;
  return { error: message, command, exitCode, lines, advice, place: place && formatPlace(place) };
}
