import { createInterface } from 'node:readline/promises';
import { promptTty } from './tty.ts';

/** Where a question is asked, and what Ctrl-C there does. */
export interface Asked {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  interrupt(): void;
}

/** readline takes Ctrl-C for itself: it is handed on, to end the run like Ctrl-C at any other time. */
const here: Asked = {
  input: process.stdin,
  output: promptTty() ?? process.stderr,
  interrupt: () => process.kill(process.pid, 'SIGINT'),
};

/** Asks on the terminal; anything but yes is no, as are Ctrl-C and the end of the input. */
export async function confirm(question: string, signal: AbortSignal, asked: Asked = here): Promise<boolean> {
  const { input, output } = asked;
  const terminal = createInterface({ input, output });
  terminal.on('SIGINT', () => asked.interrupt());
  const ended = new Promise<undefined>((resolve) => terminal.once('close', () => resolve(undefined)));
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `, { signal }), ended]);
    // Ctrl-D leaves the cursor behind the question.
    if (answer === undefined) output.write('\n');
    return /^y(es)?$/i.test((answer ?? '').trim());
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    terminal.close();
  }
}
