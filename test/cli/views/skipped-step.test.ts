import { describe, expect, it } from 'vitest';
import { countsInWords } from '../../../src/cli/views/counts.ts';
import { json } from '../../../src/cli/views/json.ts';
import { junit } from '../../../src/cli/views/junit.ts';
import { LogLines } from '../../../src/cli/views/log-lines.ts';
import { paintFor } from '../../../src/cli/views/paint.ts';
import { plainProgress } from '../../../src/cli/views/plain.ts';
import { summary } from '../../../src/cli/views/summary.ts';
import { hookResult } from '../../../src/engine/step-result.ts';
import type { Host, HostResult, StepResult } from '../../../src/model/index.ts';

const note = 'SELinux is disabled on the host';
const step: StepResult = { kind: 'selinuxPort', name: 'tcp/8444', status: 'skipped', changes: [], note };
const host: HostResult = { name: 'lb-01', address: '192.0.2.11', status: 'ok', execs: 1, steps: [step] };

describe('a step that does not apply to the host is shown with its reason', () => {
  it('in the summary', () => {
    const view = { paint: paintFor({ isTTY: false }), diff: false, all: false };
    const text = summary({ command: 'plan', hosts: [host], seconds: 1 }, view);
    expect(text).toContain(`  - selinuxPort tcp/8444: ${note}\n`);
    expect(text).toContain('  lb-01  1 skipped');
    expect(countsInWords(host)).toBe('1 skipped');
  });

  it('in plain lines', () => {
    const lines: string[] = [];
    plainProgress((line) => lines.push(line))({ type: 'step-finished', host: 'lb-01', result: step });
    expect(lines).toEqual([`lb-01: skipped selinuxPort tcp/8444: ${note}\n`]);
  });

  it('in the log', () => {
    expect(new LogLines().of({ type: 'host-finished', host: 'lb-01', result: host })).toEqual([
      `lb-01  skipped: selinuxPort tcp/8444: ${note}`,
      'lb-01  1 skipped, 1 execs so far',
    ]);
  });

  it('in JSON', () => {
    const { hosts } = JSON.parse(json('plan', [host], 0));
    expect(hosts).toMatchObject([
      { status: 'ok', counts: { skipped: 1 }, steps: [{ status: 'skipped', note }] },
    ]);
  });

  it('in JUnit, also where pending changes count as failures', () => {
    const report = { command: 'plan', hosts: [host], seconds: 1, started: new Date(0) } as const;
    expect(junit({ ...report, detailed: true })).toContain(`<skipped message="${note}"/>`);
  });
});

it('around the change of another host it has nothing to do: nothing is left open', () => {
  expect(hookResult({ on: { name: 'lb-02' } as Host }, step)).toMatchObject({
    status: 'ok',
    note,
    on: 'lb-02',
  });
});
