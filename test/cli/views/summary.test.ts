import { describe, expect, it } from 'vitest';
import { paintFor } from '../../../src/cli/views/paint.ts';
import { summary } from '../../../src/cli/views/summary.ts';
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

  it('shows steps that are fine when asked', () => {
    expect(summary(run, { ...plainView, all: true })).toContain('  = yumPackage haproxy\n');
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
