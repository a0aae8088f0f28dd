import { describe, expect, it } from 'vitest';
import { FleetState } from '../../../src/cli/views/fleet-state.ts';
import { plainProgress } from '../../../src/cli/views/plain.ts';
import type { RunEvent } from '../../../src/model/index.ts';
import { failedHost, pendingHost } from '../results.ts';

const events: RunEvent[] = [
  { type: 'host-started', host: 'lb-01', doing: 'applying' },
  { type: 'step-started', host: 'lb-01', step: 'file /etc/motd', index: 1, total: 3 },
  {
    type: 'step-finished',
    host: 'lb-01',
    result: { kind: 'file', name: '/etc/motd', status: 'changed', changes: [{ summary: 'create' }] },
  },
  { type: 'host-finished', host: 'nginx-01', result: failedHost },
];

describe('plain progress', () => {
  it('names the host on each line', () => {
    const lines: string[] = [];
    const listen = plainProgress((line) => lines.push(line));
    events.forEach(listen);
    expect(lines).toEqual([
      'lb-01: applying\n',
      'lb-01: [2/3] file /etc/motd\n',
      'lb-01: changed file /etc/motd: create\n',
      'nginx-01: 1 failed, 1 skipped\n',
    ]);
  });
});

describe('fleet state', () => {
  it('counts, and names the failed and the active hosts', () => {
    const state = new FleetState(4);
    for (const event of events) state.take(event);
    expect(state.title).toBe('0 of 4 done, 1 active, 1 failed');
    expect(state.lines(10)).toEqual(['✗ nginx-01  1 failed, 1 skipped', 'lb-01  [2/3] file /etc/motd']);
    state.take({ type: 'host-finished', host: 'lb-01', result: pendingHost });
    expect(state.title).toBe('1 of 4 done, 1 failed');
  });

  it('never takes more rows than there are', () => {
    const state = new FleetState(40);
    for (let n = 0; n < 40; n += 1) state.take({ type: 'host-started', host: `h${n}`, doing: 'planning' });
    expect(state.lines(3)).toEqual(['h0  planning', 'h1  planning', '… and 38 more']);
  });
});
