import {
  type Answer,
  type Batch,
  type BatchAnswers,
  type Command,
  type Invocation,
  mask,
  maskOutput,
  type Output,
  ProbeError,
  quoteWord,
  shellLine,
} from '../model/index.ts';
import type { Running } from './exchange.ts';
import type { CommandOutput, Frame } from './frames.ts';

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

/** Seconds between the polite signal at the limit and the one that cannot be refused. */
export const KILL_AFTER = 10;

/** The command, killed when its seconds are over. */
export function boundedLine(command: Command, limit: number): string {
  return `timeout -k ${KILL_AFTER} ${limit} ${shellLine(command)}`;
}

/** The invocation as sh: bounded in time, its stdin its own. */
function invocationScript({ command, limit, stdin, env }: Invocation): string {
  const bounded = environment(env) + boundedLine(command, limit);
  return stdin === undefined ? `${bounded} </dev/null` : `${feed(Buffer.from(stdin))} | ${bounded}`;
}

/** Assignments in front of a command: the shell itself hands the values over, so that no command line shows them. */
export function environment(env: Invocation['env'] = {}): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${quoteWord(value)} `)
    .join('');
}

const PLAIN_TEXT = /^[\t\n\x20-\x7e]*$/;

/** Prints exactly these bytes, by what the shell has in itself: no temporary file, and no command line shows them. */
export function feed(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  if (PLAIN_TEXT.test(text)) return `printf %s ${quoteWord(text)}`;
  return `printf %s ${bytes.toString('base64')} | base64 -d`;
}

/** What timeout(1) exits with: its own code, or the one of the signal that cannot be refused. */
const KILLED = [124, 137];
/** The host's clock is read in hundredths of a second. */
const TICK = 0.02;

/** The piece as an answer; a command may exit 124 of itself, so the time it took decides. */
export function answerOf({ stdout, stderr, code, seconds }: CommandOutput, limit: number): Answer {
  const output = { code, stdout: stdout.toString(), stderr: stderr.toString(), bytes: stdout, seconds };
  const killed = KILLED.includes(code) && seconds >= limit - TICK;
  return { kind: killed ? 'timeout' : 'output', output };
}

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
