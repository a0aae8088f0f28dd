import {
  type Answer,
  type Batch,
  type BatchAnswers,
  type Invocation,
  mask,
  ProbeError,
  shellLine,
} from '../model/index.ts';
import { answerOf } from './answer-of.ts';
import type { CommandOutput } from './command-outputs.ts';
import type { Running } from './exchange.ts';
import type { Frame } from './frames.ts';
import { invocationScript } from './invocation-script.ts';

/** The batch as the body of a framed script: one piece of output for each invocation that ran. */
export function batchScript({ actions, probes }: Batch): string {
  const guarded = actions.map((action) => `if [ $f = 0 ]; then\n${step(action)}\nf=$c\nfi`);
  return ['f=0', ...guarded, ...probes.map(step)].join('\n');
}

function step(invocation: Invocation): string {
  return `${invocationScript(invocation)}\ne $?`;
}

/** What became of each invocation. */
export function batchAnswers({ actions, probes }: Batch, pieces: readonly CommandOutput[]): BatchAnswers {
  const ran = pieces.length - probes.length;
  if (ran < 0 || ran > actions.length) {
    throw new ProbeError('the host answered another number of commands than it was given');
  }
  const answer = ({ limit }: Invocation, index: number): Answer => {
    const piece = pieces[index];
    return piece === undefined || index < 0 ? { kind: 'skipped' } : answerOf(piece, limit);
  };
  return {
    actions: actions.map((action, index) => (index < ran ? answer(action, index) : { kind: 'skipped' })),
    probes: probes.map((probe, index) => answer(probe, ran + index)),
  };
}

/** What a host is at that has answered so much. Of an action it matters whether it failed, not all that it said. */
export function runningIn({ actions, probes }: Batch, frames: readonly Frame[]): Running | undefined {
  const done = frames.length - 1;
  const failed = frames.slice(1, actions.length + 1).findIndex(({ words }) => words[0] !== '0');
  const ran = failed < 0 ? actions.length : failed + 1;
  const action = done < ran ? actions[done] : undefined;
  const invocation = action ?? probes[done - ran];
  return invocation && { name: nameOf(invocation), endsAreEnough: action !== undefined };
}

const LONGEST_NAME = 200;

/** A command in one line; of a script of ours only its arguments. */
export function nameOf({ command: [tool, ...words] }: Invocation): string {
  const isScript = tool === 'sh' && words[0] === '-c' && words[2] === 'trueup';
  const shown = isScript ? words.slice(3) : words;
  const line = mask(shellLine([mask(tool), ...shown.map(mask)]));
  const name = isScript ? `(script) ${line}` : line;
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}
