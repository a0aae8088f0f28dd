import { relative } from 'node:path';
import { type Failure, formatPlace, type HostResult, type RolledStep } from '../../model/index.ts';
import type { Paint } from './paint.ts';
import { visible } from './visible.ts';

/** All failures once more, last on the screen: what happened, where, why, and what to do. */
export function failureLines(hosts: readonly HostResult[], paint: Paint): string[] {
  return hosts.flatMap((host) => [
    ...(host.failure ? failureBlock(host.name, undefined, host.failure, paint) : []),
    ...[...host.steps, ...(host.checks ?? [])].flatMap((step) =>
      step.failure && step.failure.message !== host.failure?.message
        ? failureBlock(host.name, `${step.kind} ${step.name}`, step.failure, paint)
        : [],
    ),
    ...turnFailures(host, paint),
  ]);
}

function turnFailures({ name, rollouts = [] }: HostResult, paint: Paint): string[] {
  const rolled = (when: string) => (step: RolledStep) =>
    step.failure
      ? failureBlock(name, `${when}: ${step.kind} ${step.name} on ${step.on}`, step.failure, paint)
      : [];
  return rollouts.flatMap(({ before, after, verify }) => [
    ...before.flatMap(rolled('before')),
    ...after.flatMap(rolled('after')),
    ...verify.flatMap(({ kind, name: check, failure }) =>
      failure ? failureBlock(name, `check: ${kind} ${check}`, failure, paint) : [],
    ),
  ]);
}

function failureBlock(host: string, step: string | undefined, failure: Failure, paint: Paint): string[] {
  const where = failure.place
    ? formatPlace({ ...failure.place, file: shortPath(failure.place.file) })
    : undefined;
  const [what, place] = [step, where].map((text) => text && visible(text));
  const head = [paint.red(paint.bold('FAILED')), paint.bold(visible(host)), what, place && paint.dim(place)];
  return [
    '',
    head.filter(Boolean).join('  '),
    ...failureDetails(failure).map((line) => `  ${visible(line)}`),
  ];
}

/** All that is known of it, for people. */
export function failureDetails(failure: Failure): string[] {
  const lines = failure.lines ?? [];
  return [
    ...failure.message.split('\n'),
    ...(failure.command ? [`command: ${failure.command}${exitText(failure.exitCode)}`] : []),
    ...(lines.length > 1 ? ['its last lines:', ...lines.map((line) => `  | ${line}`)] : []),
    ...(failure.advice ? [`→ ${failure.advice}`] : []),
  ];
}

function exitText(code: number | undefined): string {
  return code === undefined ? '' : ` (exit ${code})`;
}

function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
