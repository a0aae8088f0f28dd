import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirm } from '../../src/cli/confirm.ts';

describe('the question before apply', () => {
  it.each<[string, typed: string, boolean]>([
    ['y', 'y\r', true],
    ['YES with a space', 'YES \r', true],
    ['n', 'n\r', false],
    ['Enter alone', '\r', false],
    ['another word', 'yeah\r', false],
    ['Ctrl-C', '\u0003', false],
    ['Ctrl-C after yes', 'yes\u0003', false],
    ['Ctrl-D', '\u0004', false],
  ])('takes %s', async (_, typed, answer) => {
    expect(await ask(({ input }) => input.write(typed))).toBe(answer);
  });

  it('takes the end of the input for a no', async () => {
    expect(await ask(({ input }) => input.end())).toBe(false);
  });

  it('ends the line of the question where nobody has', async () => {
    let screen: PassThrough | undefined;
    await ask(({ input, output }) => {
      screen = output;
      input.write('\u0004');
    });
    expect(String(screen?.read())).toMatch(/\[y\/N\] .*\n$/);
  });

  it('ends with the run', async () => {
    expect(await ask(({ run }) => run.abort())).toBe(false);
  });
});

/** Ctrl-C ends the run, as it does in the command line. */
function ask(
  act: (at: { input: PassThrough; output: PassThrough; run: AbortController }) => void,
): Promise<boolean> {
  const input = new PassThrough();
  const run = new AbortController();
  const output = Object.assign(new PassThrough(), { isTTY: true });
  const asked = { input, output, interrupt: () => run.abort() };
  const answer = confirm('Apply?', run.signal, asked);
  act({ input, output, run });
  return answer;
}
