import {
  type Answer,
  type Command,
  type Failure,
  type Invocation,
  mask,
  maskOutput,
  type Place,
  shellLine,
  TrueupError,
} from '../model/index.ts';

const LAST_LINES = 20;

/** Why a command's answer is a failure; undefined if it is not one. */
export function commandFailure(
  answer: Answer,
  command: string,
  limit: number | undefined,
): Failure | undefined {
  if (answer.kind === 'skipped') return undefined;
  if (answer.kind === 'output' && answer.output.code === 0) return undefined;
  const { stdout, stderr } = maskOutput(answer.output);
  const lines = lastLines(`${stdout}\n${stderr}`);
  if (answer.kind === 'timeout') {
    return { message: `no end within ${limit ?? '?'} s: killed`, command, lines };
  }
  return {
    message: lines.at(-1) ?? `exit ${answer.output.code}`,
    command,
    exitCode: answer.output.code,
    lines,
  };
}

/** The failure of the first command that failed. */
export function firstFailure(
  commands: readonly Invocation[],
  answers: readonly Answer[],
): Failure | undefined {
  return commands
    .map(({ command, limit }, index) =>
      commandFailure(answers[index] ?? { kind: 'skipped' }, commandLine(command), limit),
    )
    .find((failure) => failure !== undefined);
}

/** A command in one line for people; a script shows its arguments, not its text. */
export function commandLine(command: Command): string {
  const isScript = command[0] === 'sh' && command[1] === '-c' && command[3] === 'trueup';
  return mask(isScript ? `(script) ${shellLine(['sh', ...command.slice(4)])}` : shellLine(command));
}

/** The failure for one of our own errors. Any other error is a bug, and is rethrown. */
export function failureFrom(error: unknown, place?: Place): Failure {
  if (!(error instanceof TrueupError)) throw error;
  return { message: mask(error.message), advice: error.advice, place };
}

function lastLines(text: string): string[] {
  const lines = mask(text)
    .split('\n')
    .map((line) => line.trimEnd());
  return lines.filter((line) => line !== '').slice(-LAST_LINES);
}
