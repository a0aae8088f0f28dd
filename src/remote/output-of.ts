import {
  type Answer,
  type Command,
  type Invocation,
  mask,
  maskOutput,
  type Output,
  ProbeError,
  shellLine,
} from '../model/index.ts';

const SHOWN_LINES = 3;

/** The answer of a probe as output; throws a ProbeError unless it is one of those that count. */
export function outputOf(invocation: Invocation, answer: Answer, expect: readonly number[]): Output {
  const line = shown(invocation.command);
  if (answer.kind === 'skipped') throw new ProbeError(`${line}: was not run`);
  const { output } = answer;
  if (answer.kind === 'timeout') throw new ProbeError(`${line}: no answer within ${invocation.limit} s`);
  if (expect.includes(output.code)) return output;
  const said = lastLines(maskOutput(output).stderr);
  const missing = output.code === 127 ? missingTool(invocation, output.stderr) : undefined;
  throw new ProbeError([`${line}: exit ${output.code}`, said].filter(Boolean).join(': '), { missing });
}

/** Masked before it is quoted too: quotes within a secret would hide it from the mask. */
function shown([tool, ...words]: Command): string {
  return mask(shellLine([mask(tool), ...words.map(mask)]));
}

/** In a piece of sh it is the tool that sh complains about, not sh. */
function missingTool({ command }: Invocation, stderr: string): string {
  const named = /^\S+: (?:line )?\d+: (\S+): (?:command )?not found$/m.exec(stderr)?.[1];
  return named ?? command[0];
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-SHOWN_LINES).join('; ');
}
