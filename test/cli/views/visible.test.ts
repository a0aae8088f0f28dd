import { expect, it } from 'vitest';
import { diffLines } from '../../../src/cli/views/diff.ts';
import { factsText } from '../../../src/cli/views/facts-text.ts';
import { failureLines } from '../../../src/cli/views/failures.ts';
import { FleetState } from '../../../src/cli/views/fleet-state.ts';
import { json } from '../../../src/cli/views/json.ts';
import { junit } from '../../../src/cli/views/junit.ts';
import { LogLines } from '../../../src/cli/views/log-lines.ts';
import { paintFor } from '../../../src/cli/views/paint.ts';
import { plainProgress } from '../../../src/cli/views/plain.ts';
import { planInBrief } from '../../../src/cli/views/plan-in-brief.ts';
import { siteMap } from '../../../src/cli/views/site-map.ts';
import { summary } from '../../../src/cli/views/summary.ts';
import { table } from '../../../src/cli/views/table.ts';
import { validatedText } from '../../../src/cli/views/validated-text.ts';
import { visible } from '../../../src/cli/views/visible.ts';
import {
  type Facts,
  type Host,
  type HostResult,
  InputError,
  type StepResult,
} from '../../../src/model/index.ts';

it.each([
  ['plain text with ünïcödé 日本', 'plain text with ünïcödé 日本'],
  ['tab\tand\nline', 'tab\tand\nline'],
  ['\u001b[2J\u0007', '␛[2J␇'],
  ['a\r\n', 'a␍\n'],
  ['\0\u007f\u009b2J', '␀␡\\x9b2J'],
  ['admin\u202etxt.\u2066x\u200f\u061c', 'admin\\u202etxt.\\u2066x\\u200f\\u061c'],
  ['one\u2028two', 'one\\u2028two'],
])('%j is shown as %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

const evil = '\u001b]0;title\u0007\u202eevil';
const paint = paintFor({ isTTY: false });
const failure = {
  message: evil,
  command: evil,
  lines: [evil, evil],
  advice: evil,
  place: { file: evil, line: 1 },
};
const step: StepResult = {
  kind: evil,
  name: evil,
  status: 'failed',
  changes: [{ summary: `was ${evil}`, before: evil, after: '' }],
  note: evil,
  caution: evil,
  failure,
};
const turn = {
  play: evil,
  before: [],
  after: [{ ...step, status: 'failed' as const, on: evil }],
  verify: [step],
};
const host: HostResult = {
  name: evil,
  address: evil,
  status: 'failed',
  execs: 1,
  steps: [step],
  checks: [step],
  failure: { ...failure, kind: 'other' },
  rollouts: [turn],
};
const rollout = {
  play: evil,
  batches: [[evil]],
  last: { host: evil, holds: evil },
  stopped: evil,
  notReached: [evil],
};
const facts: Facts = {
  hostname: evil,
  os: evil,
  osVersion: evil,
  osName: evil,
  kernel: evil,
  architecture: evil,
  cpus: 1,
  memoryMiB: 1,
  addresses: { [evil]: [evil] },
  selinux: 'enforcing',
  selinuxPolicy: evil,
};
const inventoryHost: Host = {
  name: evil,
  address: evil,
  port: 22,
  user: evil,
  hostKeys: 'strict',
  groups: [evil],
  vars: {},
};
const run = { command: 'plan', hosts: [host], rollouts: [rollout], seconds: 1 } as const;

it.each<[string, () => string]>([
  ['a diff', () => diffLines(evil, { summary: '', before: evil, after: '' }, paint).join('\n')],
  ['the failures', () => failureLines([host], paint).join('\n')],
  ['the summary', () => summary(run, { paint, diff: true, all: true })],
  ['the map', () => siteMap([inventoryHost], [host], { paint, width: 200 })],
  ['a report', () => junit({ ...run, started: new Date(0), detailed: true })],
  ['the plan before a yes', () => planInBrief([host])],
  ['facts', () => factsText([{ result: host, facts }], paint)],
  ['a table', () => table([[evil, evil]])],
  [
    'what was validated',
    () => validatedText([{ host: inventoryHost, steps: [], checks: [], problems: [problem()] }], paint),
  ],
  ['the screen', screen],
  ['the log', () => new LogLines().of({ type: 'step-finished', host: evil, result: step }).join('\n')],
  ['progress', progress],
])('%s does not steer the terminal, and reads as it is', (_, show) => {
  expect(show()).toContain('␛]0;title␇\\u202eevil');
  expect(show()).not.toMatch(/(?![\n\t])\p{Cc}|\p{Bidi_Control}/u);
});

it('a JSON document holds the same text, without a hidden character as it is', () => {
  const document = json('plan', [host], 3, { error: { message: evil } });
  expect(document).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u);
  expect(JSON.parse(document).hosts[0].name).toBe(evil);
});

function problem(): InputError {
  return new InputError(evil, { advice: evil });
}

function screen(): string {
  const state = new FleetState(2, () => 0);
  state.take({ type: 'host-started', host: evil, doing: 'planning' });
  state.take({ type: 'said', host: evil, line: evil });
  return state.lines(20, 200).join('\n');
}

function progress(): string {
  const lines: string[] = [];
  plainProgress((line) => lines.push(line))({ type: 'step-finished', host: evil, result: step });
  return lines.join('');
}
