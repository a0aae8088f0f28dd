import type { Answer } from '../model/index.ts';
import type { CommandOutput } from './command-outputs.ts';

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
