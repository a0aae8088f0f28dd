import { expect, it } from 'vitest';
import { json } from '../../../src/cli/views/json.ts';
import { paintFor } from '../../../src/cli/views/paint.ts';
import { plainProgress } from '../../../src/cli/views/plain.ts';
import { summary } from '../../../src/cli/views/summary.ts';
import { type HostResult, Secret } from '../../../src/model/index.ts';

const leak = 'told-by-\'a"\rvalidator';
new Secret('LEAK', leak);

const host: HostResult = {
  name: 'lb-01',
  address: '192.0.2.11',
  status: 'failed',
  execs: 1,
  failure: { kind: 'unreachable', message: `host ${leak}`, advice: `try ${leak}` },
  steps: [
    {
      kind: 'command',
      name: `log in with ${leak}`,
      status: 'failed',
      changes: [{ summary: `run ${leak}`, before: `a ${leak}\n`, after: `b ${leak}\n` }],
      note: `note ${leak}`,
      failure: { message: `no\n${leak}`, command: `cat ${leak}`, lines: [leak, `x ${leak}`], advice: leak },
    },
  ],
};

it.each<[string, () => string]>([
  ['the summary', () => summary({ command: 'plan', hosts: [host], seconds: 1 }, wide)],
  [
    'the JSON document',
    () => json('plan', [host], 3, { error: { message: leak, advice: leak }, diff: true }),
  ],
  ['progress', progress],
])('%s holds no secret, wherever it came from', (_, show) => {
  const shown = show();
  expect(shown).toContain('[secret]');
  expect(shown).not.toMatch(/told-by|validator/);
});

it('stays JSON whatever the secrets are', () => {
  new Secret('COLON', '"name":');
  expect(JSON.parse(json('plan', [host], 3))).toMatchObject({ hosts: [{ name: 'lb-01' }] });
});

const wide = { paint: paintFor({ isTTY: false }), diff: true, all: true };

function progress(): string {
  const lines: string[] = [];
  const listen = plainProgress((line) => lines.push(line));
  const [step] = host.steps;
  listen({ type: 'step-started', host: 'lb-01', step: step?.name ?? '', index: 0, total: 1 });
  if (step) listen({ type: 'step-finished', host: 'lb-01', result: step });
  return lines.join('');
}
