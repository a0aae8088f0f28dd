import { describe, expect, it } from 'vitest';
import { FleetState } from '../../../src/cli/views/fleet-state.ts';
import { plainProgress } from '../../../src/cli/views/plain.ts';
import { displayWidth } from '../../../src/cli/views/width.ts';
import { type RunEvent, Secret } from '../../../src/model/index.ts';
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
  it('counts, tells how long, and names the failed and the active hosts', () => {
    const { state, wait } = fleet(4);
    for (const event of events) state.take(event);
    wait(65_000);
    expect(state.title).toBe('1 failed, 1 active, 2 waiting (1:05)');
    expect(state.lines(10, 80)).toEqual([
      '✗ nginx-01  1 failed, 1 skipped',
      '› lb-01     [2/3] file /etc/motd (65 s)',
    ]);
    state.take({ type: 'host-finished', host: 'lb-01', result: pendingHost });
    expect(state.title).toBe('1 to change, 1 failed, 2 waiting (1:05)');
  });

  it('shows the latest line of what takes long, in one line, whole characters, and masked', () => {
    new Secret('ROW', 'row-secret');
    const { state } = fleet(1);
    state.take({ type: 'step-started', host: '負荷分散-01', step: 'yumPackage haproxy', index: 0, total: 9 });
    state.take({ type: 'said', host: '負荷分散-01', line: 'row-secret\t 漢字漢字漢字 \u001b[2J' });
    expect(state.lines(5, 200)).toEqual([
      '› 負荷分散-01  [1/9] yumPackage haproxy … [secret] 漢字漢字漢字 ␛[2J',
    ]);
    const [line = ''] = state.lines(5, 50);
    expect(line).toBe('› 負荷分散-01  [1/9] yumPackage… … [secret] 漢字…');
    expect(displayWidth(line)).toBeLessThanOrEqual(50);
  });

  it('cuts the name of a step before what it says, and never the time', () => {
    const { state, wait } = fleet(1);
    const step = 'yumPackage haproxy, nginx, keepalived, openssl, iptables-services, rsyslog';
    state.take({ type: 'step-started', host: 'lb-01', step, index: 0, total: 1 });
    wait(12_000);
    expect(state.lines(5, 60)).toEqual(['› lb-01  [1/1] yumPackage haproxy, nginx, keepalived… (12 s)']);
    state.take({ type: 'said', host: 'lb-01', line: 'Installing: haproxy-2.6.12-4.el9.x86_64' });
    expect(state.lines(5, 80)).toEqual([
      '› lb-01  [1/1] yumPackage haproxy, nginx… (12 s) … Installing: haproxy-2.6.12-4…',
    ]);
    state.take({ type: 'said', host: 'lb-01', line: 'Complete!' });
    expect(state.lines(5, 80)).toEqual([
      '› lb-01  [1/1] yumPackage haproxy, nginx, keepalived, openss… (12 s) … Complete!',
    ]);
  });

  it('counts hosts whose part is done, and failures at once, while others are at theirs', () => {
    const { state } = fleet(4);
    state.take({ type: 'host-started', host: 'lb-01', doing: 'applying' });
    for (const [host, part] of [
      ['lb-02', { ...pendingHost, status: 'changed' }],
      ['nginx-01', failedHost],
    ] as const)
      state.take({ type: 'host-waits', host, part });
    expect(state.title).toBe('1 changed, 1 failed, 1 active, 1 waiting (0:00)');
    expect(state.lines(5, 80)).toEqual(['✗ nginx-01  1 failed, 1 skipped', '› lb-01     applying']);
    // Its turn in a rollout may still be closed.
    state.take({ type: 'step-started', host: 'nginx-01', step: 'command close', index: 0, total: 1 });
    expect(state.title).toBe('1 changed, 2 active, 1 waiting (0:00)');
    state.take({ type: 'host-waits', host: 'nginx-01' });
    expect(state.title).toBe('1 changed, 1 failed, 1 active, 1 waiting (0:00)');
  });

  it('says at once that Ctrl-C was heard: what else is written waits until the screen is done', () => {
    const { state } = fleet(1);
    state.take({ type: 'host-started', host: 'lb-01', doing: 'applying' });
    state.take({ type: 'interrupted' });
    expect(state.title).toBe('1 active (0:00), interrupted (Ctrl-C leaves at once)');
    state.take({ type: 'host-finished', host: 'lb-01', result: failedHost });
    expect(state.title).toBe('1 failed (0:00), interrupted');
  });

  it('takes a host that waits for others out of the active ones, and shows a new connection', () => {
    const { state } = fleet(2);
    state.take({ type: 'connecting', host: 'lb-01', again: true });
    expect(state.lines(5, 80)).toEqual(['› lb-01  connecting again']);
    state.take({ type: 'host-waits', host: 'lb-01' });
    expect(state.lines(5, 80)).toEqual([]);
    expect(state.title).toBe('2 waiting (0:00)');
  });

  it.each<[rows: number, failed: number, active: number, string[]]>([
    [3, 0, 40, ['h0', 'h1', '… and 38 more active']],
    [4, 9, 9, ['✗ f0', '… and 8 more failed', 'h0', '… and 8 more active']],
    [4, 9, 1, ['✗ f0', '✗ f1', '… and 7 more failed', 'h0']],
    [4, 1, 9, ['✗ f0', 'h0', 'h1', '… and 7 more active']],
    [1, 9, 9, ['… and 9 more failed']],
  ])(
    'never takes more rows than there are: %i for %i failed and %i active',
    (rows, failed, active, lines) => {
      const { state } = fleet(failed + active);
      for (let n = 0; n < failed; n += 1)
        state.take({ type: 'host-finished', host: `f${n}`, result: failedHost });
      for (let n = 0; n < active; n += 1)
        state.take({ type: 'host-started', host: `h${n}`, doing: 'planning' });
      expect(state.lines(rows, 80).map((line) => line.replace(/^› | *(planning|1 failed.*)?$/g, ''))).toEqual(
        lines,
      );
    },
  );
});

describe('plain progress of what takes long', () => {
  it('says so now and then, not each second', () => {
    let now = 0;
    const lines: string[] = [];
    const listen = plainProgress((line) => lines.push(line), { verbosity: 0, now: () => now });
    listen({ type: 'step-started', host: 'lb-01', step: 'yumPackage x', index: 0, total: 1 });
    for (; now < 40_000; now += 1000) listen({ type: 'said', host: 'lb-01', line: `at ${now / 1000}` });
    expect(lines).toEqual(['lb-01: [1/1] yumPackage x\n', 'lb-01: … at 15\n', 'lb-01: … at 30\n']);
  });
});

function fleet(total: number): { state: FleetState; wait(milliseconds: number): void } {
  let now = 1000;
  const state = new FleetState(total, () => now);
  return {
    state,
    wait: (milliseconds) => {
      now += milliseconds;
    },
  };
}
