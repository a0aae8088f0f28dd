import { expect, it } from 'vitest';
import { diffLines } from '../../../src/cli/views/diff.ts';
import { failureLines } from '../../../src/cli/views/failures.ts';
import { paintFor } from '../../../src/cli/views/paint.ts';
import { plainProgress } from '../../../src/cli/views/plain.ts';
import { summary } from '../../../src/cli/views/summary.ts';
import { visible } from '../../../src/cli/views/visible.ts';
import type { HostResult, StepResult } from '../../../src/model/index.ts';

it.each([
  ['plain text with ünïcödé 日本', 'plain text with ünïcödé 日本'],
  ['tab\tand\nline', 'tab\tand\nline'],
  ['\u001b[2J\u0007', '␛[2J␇'],
  ['a\r\n', 'a␍\n'],
  ['\0\u007f\u009b2J', '␀␡\\x9b2J'],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

const evil = '\u001b]0;title\u0007';
const paint = paintFor({ isTTY: false });
const step: StepResult = {
  kind: 'file',
  name: '/x',
  status: 'failed',
  changes: [{ summary: `was ${evil}` }],
  failure: { message: evil, command: evil, lines: [evil, evil], advice: evil },
};
const host: HostResult = { name: 'a', address: '192.0.2.1', status: 'failed', execs: 1, steps: [step] };

it.each<[string, () => string]>([
  ['a diff', () => diffLines('/x', { summary: 'content', before: evil, after: '' }, paint).join('\n')],
  ['the failures', () => failureLines([host], paint).join('\n')],
  [
    'the summary',
    () => summary({ command: 'plan', hosts: [host], seconds: 1 }, { paint, diff: true, all: true }),
  ],
  ['progress', progress],
])('%s does not steer the terminal', (_, show) => {
  expect(show()).toContain('␛]0;title␇');
  expect(show()).not.toMatch(/(?![\n\t])\p{Cc}/u);
});

function progress(): string {
  const lines: string[] = [];
  plainProgress((line) => lines.push(line))({ type: 'step-finished', host: 'a', result: step });
  return lines.join('');
}
