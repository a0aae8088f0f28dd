import { describe, expect, it } from 'vitest';
import { paintFor } from '../../../src/cli/views/paint.ts';
import { summary } from '../../../src/cli/views/summary.ts';
import type { HostResult, StepResult } from '../../../src/model/index.ts';
import { failedHost, pendingHost, unreachableHost } from '../results.ts';

const plainView = { paint: paintFor({ isTTY: false }), diff: false, all: false };
const run = { command: 'plan', hosts: [pendingHost, failedHost, unreachableHost], seconds: 1.25 } as const;

describe('summary', () => {
  it('shows what would change host by host, a recap, and failures last with what to do', () => {
    expect(summary(run, plainView)).toBe(`lb-01  192.0.2.11
  ~ template /etc/haproxy/haproxy.cfg: content (+1 −1); mode 0600 → 0644
  ? systemdService haproxy: known after yumPackage haproxy

nginx-01  192.0.2.61
  ✗ systemdService nginx: Job for nginx.service failed.
  - file /etc/motd

plan recap (1.3 s)
  lb-01     1 to change, 1 not known yet, 1 ok
  nginx-01  1 failed, 1 skipped
  lb-02     unreachable

FAILED  nginx-01  systemdService nginx  /p/web.ts:7
  Job for nginx.service failed.
  command: systemctl reload nginx.service (exit 1)
  its last lines:
    | unknown directive
    | Job for nginx.service failed.
  → Mend it and apply again.

FAILED  lb-02
  connection refused
  → Is sshd running there?`);
  });

  it('shows texts as unified diffs when asked', () => {
    const text = summary({ ...run, hosts: [pendingHost] }, { ...plainView, diff: true });
    expect(text).toContain('      -maxconn 1\n      +maxconn 2\n       user haproxy\n');
  });

  it('breaks what to know about a check between its words, where there are columns', () => {
    const check: StepResult = {
      kind: 'httpCheck',
      name: 'x',
      status: 'ok',
      changes: [],
      caution: 'one two\nthree',
    };
    const host: HostResult = { ...pendingHost, steps: [], checks: [check] };
    const told = (columns?: number) =>
      summary({ ...run, hosts: [host] }, { ...plainView, ...(columns ? { columns } : {}), all: true });
    expect(told()).toContain('\n    ! one two\n      three\n');
    expect(told(14)).toContain('\n    ! one\n      two\n      three\n');
  });

  it('shows steps that are fine when asked', () => {
    expect(summary(run, { ...plainView, all: true })).toContain('  = yumPackage haproxy\n');
  });
});

describe('a rollout', () => {
  const step = { kind: 'haproxyServer', name: 'nginx-01 in web', changes: [] };
  const planned: HostResult = {
    ...pendingHost,
    rollouts: [
      {
        play: 'Web servers',
        before: (['lb-01', 'lb-02'] as const).map((on) => ({ ...step, status: 'pending', on })),
        after: [{ ...step, status: 'pending', on: 'lb-01' }],
        verify: [],
      },
    ],
  };
  const order = { play: 'Web servers', batches: [['a', 'b'], ['c']], notReached: [] };

  it('is planned: what goes before and after each host, and the order', () => {
    const last = { host: 'c', holds: 'the address' };
    const text = summary({ ...run, hosts: [planned], rollouts: [{ ...order, last }] }, plainView);
    expect(text).toBe(`lb-01  192.0.2.11
  ~ before: haproxyServer nginx-01 in web on lb-01, lb-02
  ~ template /etc/haproxy/haproxy.cfg: content (+1 −1); mode 0600 → 0644
  ? systemdService haproxy: known after yumPackage haproxy
  ~ after: haproxyServer nginx-01 in web on lb-01

plan recap (1.3 s)
  lb-01  1 to change, 1 not known yet, 1 ok
  rollout of Web servers: a and b, then c (holds the address)`);
  });

  it('has stopped: what is open, why, and who was not reached; failures around a change are told like others', () => {
    const failure = { message: '3 sessions are left', advice: 'Wait longer.' };
    const host: HostResult = {
      ...{ name: 'nginx-01', address: '192.0.2.61', status: 'failed', steps: [], execs: 1 },
      rollouts: [
        {
          play: 'Web servers',
          before: [{ ...step, status: 'failed', on: 'lb-01', failure }],
          after: [{ ...step, status: 'done', on: 'lb-01', changes: [{ summary: 'drain → ready' }] }],
          verify: [],
        },
      ],
    };
    const other: HostResult = {
      ...failedHost,
      name: 'c',
      status: 'pending',
      steps: [],
      notReached: 'it stopped',
    };
    const stopped = { ...order, batches: [['nginx-01']], stopped: 'nginx-01 failed', notReached: ['c'] };
    const text = summary(
      { command: 'apply', hosts: [host, other], seconds: 2, rollouts: [stopped] },
      plainView,
    );
    expect(text).toBe(`nginx-01  192.0.2.61
  ✗ before: haproxyServer nginx-01 in web on lb-01: 3 sessions are left
  ✓ after: haproxyServer nginx-01 in web on lb-01: drain → ready

apply recap (2.0 s)
  nginx-01  failed before its change
  c         not reached
  rollout of Web servers: nginx-01
  it stops: nginx-01 failed; not reached: c

FAILED  nginx-01  before: haproxyServer nginx-01 in web on lb-01
  3 sessions are left
  → Wait longer.`);
  });
});

describe('the checks after a change', () => {
  const check = { kind: 'httpCheck', name: 'http://192.0.2.11/', changes: [] };
  const failed = { ...check, status: 'failed', failure: { message: 'got 503' } } as const;

  it.each<[what: string, verify: StepResult[], lines: string[]]>([
    [
      'are one line if they hold',
      [
        { ...check, status: 'ok' },
        { ...check, status: 'ok' },
      ],
      ['= after: 2 checks hold'],
    ],
    [
      'of which one is left out',
      [
        { ...check, status: 'ok' },
        { ...check, status: 'skipped' },
      ],
      ['= after: 1 check holds'],
    ],
    [
      'are told if they fail',
      [{ ...check, status: 'ok' }, failed],
      ['✗ check: httpCheck http://192.0.2.11/: got 503'],
    ],
    ['are nothing if there are none', [], []],
  ])('%s', (_, verify, lines) => {
    const turn = { play: 'Web servers', before: [], after: [], verify };
    const host: HostResult = { ...pendingHost, steps: [], rollouts: [turn] };
    const told = summary({ ...run, hosts: [host] }, plainView)
      .split('\n\n')[0]
      ?.split('\n  ')
      .slice(1);
    expect(told?.filter((line) => line.includes('check'))).toEqual(lines);
  });
});

describe('paint', () => {
  it.each([
    ['a terminal', { isTTY: true }, {}, true],
    ['a pipe', {}, {}, false],
    ['NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
    ['CI', { isTTY: true }, { CI: 'true' }, false],
  ])('%s', (_, stream, env, colours) => {
    expect(paintFor(stream, env).red('x') !== 'x').toBe(colours);
  });
});
