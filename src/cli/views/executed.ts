import { createHash } from 'node:crypto';
import { type Command, type Executed, mask, maskOutput, shellLine } from '../../model/index.ts';
import { visible } from './visible.ts';

/** How much of an output is kept: its beginning tells what it was about, its end what came of it. Looks say much. */
const KEPT = { look: { head: 600, tail: 600 }, act: { head: 2000, tail: 6000 } } as const;

/** A command that ran on a host, in one line: `run: systemctl reload haproxy: exit 0 (0.20 s)`; no secret is in it. */
export function executedLine({ does, command, stdin, seconds, answer }: Executed): string {
  const verb = does === 'act' ? 'run' : 'look';
  const fed = stdin === undefined ? '' : ` <(${stdin} bytes)`;
  return visible(`${verb}: ${inWords(command)}${fed}: ${outcome(answer)} (${seconds.toFixed(2)} s)`);
}

/** What it said, bounded, its stderr last; no secret is in it. Masked before it is cut, because the mask does not recognise half a secret. */
export function outputLines({ does, answer, confidential }: Executed): string[] {
  if (!('output' in answer)) return [];
  const { code } = answer.output;
  const { stdout, stderr } = maskOutput(answer.output);
  const shown = confidential ? [hiddenBytes(answer.output.stdout), stderr] : [stdout, stderr];
  const text = shown
    .map((part) => part.trimEnd())
    .filter(Boolean)
    .join('\n');
  return text === '' ? [] : visible(bounded(text, KEPT[code === 0 ? does : 'act'])).split('\n');
}

export interface Script {
  /** A short word by which the lines about it name it. */
  readonly id: string;
  readonly text: string;
}

/** The script that a command runs, if it is one of ours: too long for each line that is about it. */
export function scriptOf([tool, flag, text, name]: Command): Script | undefined {
  if (tool !== 'sh' || flag !== '-c' || text === undefined || name !== 'trueup') return undefined;
  return { id: createHash('sha256').update(text).digest('hex').slice(0, 6), text };
}

/** Each word is masked before quotes could split a secret. */
function inWords(command: Command): string {
  const script = scriptOf(command);
  const words = (script ? command.slice(4) : command).map((word) => mask(word));
  const [first, ...rest] = words;
  const line = first === undefined ? '' : mask(shellLine([first, ...rest]));
  return script ? `script ${script.id} ${line}`.trimEnd() : line;
}

function hiddenBytes(text: string): string {
  return text === '' ? '' : `(${Buffer.byteLength(text)} bytes that are not shown)`;
}

function outcome(answer: Executed['answer']): string {
  switch (answer.kind) {
    case 'output':
      return `exit ${answer.output.code}`;
    case 'timeout':
      return 'killed at its limit';
    case 'skipped':
      return 'not run';
    case 'none':
      return `no answer: ${answer.why}`;
  }
}

function bounded(text: string, { head, tail }: { head: number; tail: number }): string {
  const left = text.length - head - tail;
  if (left <= 0) return text;
  return `${text.slice(0, head)}\n… ${left} characters left out …\n${text.slice(-tail)}`;
}
