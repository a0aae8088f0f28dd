import {
  type HostResult,
  mask,
  type RunResult,
  type StepResult,
  type StepStatus,
} from '../../model/index.ts';
import { countsInWords } from './counts.ts';
import { diffLines } from './diff.ts';
import { failureLines } from './failures.ts';
import type { Paint } from './paint.ts';
import { rolloutLines, turnLines } from './rollout-lines.ts';
import { visible } from './visible.ts';
import { displayWidth, padded, wrapped } from './width.ts';

export interface SummaryOptions {
  readonly paint: Paint;
  /** Show texts as unified diffs. */
  readonly diff: boolean;
  /** Show steps that are fine, too. */
  readonly all: boolean;
  /** Of the terminal, if it is one: what is longer goes on in the next line, between words. */
  readonly columns?: number | undefined;
  /** A picture of the site, instead of what there is to say of each host. */
  readonly map?: string | undefined;
}

const MARKS: Record<StepStatus, string> = {
  ok: '=',
  changed: '✓',
  pending: '~',
  unknown: '?',
  failed: '✗',
  skipped: '-',
};

/** The result of a run for people: host by host what changes, a recap, and the failures last; no secret is in it. */
export function summary(run: RunResult, options: SummaryOptions): string {
  const { paint } = options;
  const width = Math.max(...run.hosts.map(({ name }) => displayWidth(name)));
  const recap = run.hosts.map(
    (host) => `  ${padded(host.name, width)}  ${colourOf(host, paint)(countsInWords(host))}`,
  );
  const time = paint.dim(` (${run.seconds.toFixed(1)} s)`);
  const lines = [
    ...(options.map === undefined
      ? run.hosts.flatMap((host) => hostLines(host, options))
      : [options.map, ...run.hosts.flatMap((host) => cautionsOf(host, options)), '']),
    `${paint.bold(`${run.command} recap`)}${time}`,
    ...recap,
    ...rolloutLines(run.rollouts ?? [], paint),
    ...failureLines(run.hosts, paint),
  ];
  return mask(lines.join('\n'));
}

function hostLines(host: HostResult, options: SummaryOptions): string[] {
  const steps = host.steps.filter(({ status }) => options.all || status !== 'ok').concat(host.checks ?? []);
  const turn = turnLines(host, options.paint);
  if (steps.length + turn.before.length + turn.after.length === 0) return [];
  const head = `${options.paint.bold(host.name)}  ${options.paint.dim(host.address)}`;
  return [head, ...turn.before, ...steps.flatMap((step) => stepLines(step, options)), ...turn.after, ''];
}

function stepLines(step: StepResult, options: SummaryOptions): string[] {
  const said = [
    ...step.changes.map((change) => change.summary),
    step.note,
    step.failure?.message.split('\n')[0],
  ];
  const text = visible(said.filter(Boolean).join('; '));
  const mark = colourOfStep(step.status, options.paint)(MARKS[step.status]);
  const told = `${visible(`${step.kind} ${step.name}`)}${text && `: ${text}`}`;
  const line = `  ${mark} ${inColumns(told, options.columns).join('\n        ')}`;
  const diffs = options.diff
    ? step.changes.flatMap((change) => diffLines(step.name, change, options.paint))
    : [];
  const caution = step.caution === undefined ? [] : cautionLines(step.caution, options);
  return [line, ...caution, ...diffs.map((diff) => `      ${diff}`)];
}

/** What the picture has no place for. */
function cautionsOf({ name, steps }: HostResult, options: SummaryOptions): string[] {
  const told = steps.filter(({ caution }) => caution !== undefined);
  return told.flatMap((step) => [
    `  ${name} ${step.kind} ${step.name}`,
    ...cautionLines(step.caution ?? '', options),
  ]);
}

function cautionLines(caution: string, { paint, columns }: SummaryOptions): string[] {
  const [first = '', ...more] = inColumns(visible(caution), columns);
  return [`    ${paint.yellow('!')} ${first}`, ...more.map((line) => `      ${line}`)];
}

function colourOfStep(status: StepStatus, paint: Paint) {
  if (status === 'failed') return paint.red;
  if (status === 'pending' || status === 'changed') return paint.yellow;
  return status === 'unknown' ? paint.cyan : paint.dim;
}

function colourOf(host: HostResult, paint: Paint) {
  if (host.status === 'failed' || host.status === 'unreachable') return paint.red;
  return host.status === 'ok' ? paint.green : paint.yellow;
}

/** Behind its mark, or the indentation of what goes on in the next line. */
function inColumns(text: string, columns: number | undefined): string[] {
  return text.split('\n').flatMap((line) => (columns === undefined ? [line] : wrapped(line, columns - 8)));
}
