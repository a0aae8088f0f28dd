import type { RunEvent } from '../../model/index.ts';
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
    case 'host-finished':
      return `${event.host}: ${countsInWords(event.result)}`;
  }
}

function stepLine({ host, result }: Extract<RunEvent, { type: 'step-finished' }>): string {
  const said =
    result.failure?.message.split('\n')[0] ?? result.changes.map(({ summary }) => summary).join('; ');
  return `${host}: ${result.status} ${result.kind} ${result.name}${said ? `: ${said}` : ''}`;
}
