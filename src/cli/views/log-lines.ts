import type { Executed, HostResult, RolledStep, RunEvent, StepResult } from '../../model/index.ts';
import { countsInWords } from './counts.ts';
import { executedLine, outputLines, scriptOf } from './executed.ts';
import { failureDetails } from './failures.ts';
import { visible } from './visible.ts';

/** What the log of a run keeps of events: lines, and indented ones that belong to them; no secret is in them. */
export class LogLines {
  readonly #scripts = new Set<string>();

  of(event: RunEvent): string[] {
    if (event.type === 'command-finished') return this.#command(event.host, event.command);
    return told(event).flatMap((text) => visible(text).split('\n'));
  }

  /** A script is told whole before the first line that is about it. */
  #command(host: string, executed: Executed): string[] {
    const script = scriptOf(executed.command);
    const isNew = script !== undefined && !this.#scripts.has(script.id);
    if (isNew) this.#scripts.add(script.id);
    const text = isNew
      ? [`script ${script.id} is:`, ...indented(visible(script.text).trim().split('\n'))]
      : [];
    return [...text, `${host}  ${executedLine(executed)}`, ...indented(outputLines(executed))];
  }
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `    | ${line}`);
}

function told(event: Exclude<RunEvent, { type: 'command-finished' }>): string[] {
  switch (event.type) {
    case 'run-started':
      return [`${event.command} of ${event.hosts.length} hosts: ${event.hosts.join(', ')}`];
    case 'host-started':
      return [`${event.host}  ${event.doing}`];
    case 'connecting':
      return [`${event.host}  connecting${event.again ? ' again' : ''}`];
    case 'connected':
      return [`${event.host}  connected (${event.seconds.toFixed(2)} s)`];
    case 'step-started':
      return [`${event.host}  step ${event.index + 1}/${event.total}: ${event.step}`];
    case 'step-finished':
      return stepLines(event.host, event.result);
    case 'batch-started':
      return [`${event.play}: now ${event.hosts.join(', ')}`];
    case 'host-finished':
      return hostLines(event.result);
    case 'interrupted':
      return ['interrupted: ending what runs on the hosts'];
    case 'asked':
      return [`asked: ${event.question} ${event.yes ? 'yes' : 'no'}`];
    default:
      return [];
  }
}

function stepLines(host: string, result: StepResult | RolledStep): string[] {
  const { kind, name, status, changes, note, failure } = result;
  const said = [...changes.map(({ summary }) => summary), note].filter(Boolean).join('; ');
  const head = `${host}  ${status}: ${kind} ${name}${'on' in result ? ` on ${result.on}` : ''}${said ? `: ${said}` : ''}`;
  return failure ? [head, ...failureDetails(failure).map((line) => `    ${line}`)] : [head];
}

/** What was decided; steps that were applied or checked have told already what became of them. */
function hostLines(result: HostResult): string[] {
  const { name, steps, failure, execs } = result;
  const decided = steps.filter(isDecided);
  const refused = decided.length > 0 ? steps.filter(({ status }) => status === 'failed') : [];
  return [
    ...[...decided, ...refused].flatMap((step) => stepLines(name, step)),
    `${name}  ${countsInWords(result)}, ${execs} execs so far`,
    ...(failure ? failureDetails(failure).map((line) => `    ${line}`) : []),
  ];
}

/** A step that was skipped with a reason does not apply to the host, or its play was not reached. */
function isDecided({ status, note }: StepResult): boolean {
  return status === 'pending' || status === 'unknown' || (status === 'skipped' && note !== undefined);
}
