import type { RolledStep, RunEvent, StepResult } from '../../model/index.ts';
import { countsInWords } from './counts.ts';
import { executedLine, outputLines } from './executed.ts';
import { visible } from './visible.ts';

export interface PlainOptions {
  /** 2: commands too; 3: and what they said. */
  readonly verbosity: number;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** Milliseconds between two signs of life of a command that takes long. */
const PATIENCE = 15_000;

/** Progress as plain lines, each with its host; no secret is in them. */
export function plainProgress(
  write: (line: string) => void,
  { verbosity, now = () => performance.now() }: PlainOptions = { verbosity: 0 },
): (event: RunEvent) => void {
  const heard = new Map<string, number>();
  return (event) => {
    if (event.type === 'said' && !due(heard, event.host, now())) return;
    for (const line of linesOf(event, verbosity)) write(`${visible(line)}\n`);
    if ('host' in event && event.type !== 'said') heard.set(event.host, now());
  };
}

function due(heard: Map<string, number>, host: string, now: number): boolean {
  if (now - (heard.get(host) ?? now) < PATIENCE) return false;
  heard.set(host, now);
  return true;
}

function linesOf(event: RunEvent, verbosity: number): string[] {
  switch (event.type) {
    case 'host-started':
      return [`${event.host}: ${event.doing}`];
    case 'connecting':
      return event.again ? [`${event.host}: connecting again`] : [];
    case 'step-started':
      return [`${event.host}: [${event.index + 1}/${event.total}] ${event.step}`];
    case 'said':
      return [`${event.host}: … ${event.line}`];
    case 'command-finished':
      return verbosity < 2 ? [] : commandLines(event, verbosity);
    case 'step-finished':
      return event.result.status === 'ok' ? [] : [stepLine(event)];
    case 'batch-started':
      return [`${event.play}: now ${event.hosts.join(', ')}`];
    case 'host-finished':
      return [`${event.host}: ${countsInWords(event.result)}`];
    default:
      return [];
  }
}

function commandLines(
  { host, command }: Extract<RunEvent, { type: 'command-finished' }>,
  verbosity: number,
): string[] {
  const output = verbosity < 3 ? [] : outputLines(command).map((line) => `${host}:   | ${line}`);
  return [`${host}: ${executedLine(command)}`, ...output];
}

function stepLine({ host, result }: { host: string; result: StepResult | RolledStep }): string {
  const done = result.changes.map(({ summary }) => summary).join('; ');
  const said = result.failure?.message.split('\n')[0] ?? (result.status === 'skipped' ? result.note : done);
  const on = 'on' in result ? ` on ${result.on}` : '';
  return `${host}: ${result.status} ${result.kind} ${result.name}${on}${said ? `: ${said}` : ''}`;
}
