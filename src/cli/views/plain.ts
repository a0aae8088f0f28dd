import type { RolledStep, RunEvent, StepResult } from '../../model/index.ts';
import { countsInWords } from './counts.ts';
import { visible } from './visible.ts';

/** Progress as plain lines, each with its host; no secret is in them. */
export function plainProgress(write: (line: string) => void): (event: RunEvent) => void {
  return (event) => {
    const line = lineOf(event);
    if (line !== undefined) write(`${visible(line)}\n`);
  };
}

function lineOf(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'host-started':
      return `${event.host}: ${event.doing}`;
    case 'step-started':
      return `${event.host}: [${event.index + 1}/${event.total}] ${event.step}`;
    case 'step-finished':
      return event.result.status === 'ok' ? undefined : stepLine(event);
    case 'rolled-step-finished':
      return event.result.status === 'ok' ? undefined : rolledLine(event);
    case 'batch-started':
      return `${event.play}: now ${event.hosts.join(', ')}`;
    case 'host-finished':
      return `${event.host}: ${countsInWords(event.result)}`;
  }
}

function rolledLine({ host, result }: Extract<RunEvent, { type: 'rolled-step-finished' }>): string {
  return stepLine({ host, result: { ...result, name: `${result.name} on ${result.on}` } });
}

function stepLine({ host, result }: { host: string; result: StepResult | RolledStep }): string {
  const said =
    result.failure?.message.split('\n')[0] ?? result.changes.map(({ summary }) => summary).join('; ');
  return `${host}: ${result.status} ${result.kind} ${result.name}${said ? `: ${said}` : ''}`;
}
