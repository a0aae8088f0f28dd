import { describe, expect, it } from 'vitest';
import { type JunitReport, junit } from '../../../src/cli/views/junit.ts';
import { type HostResult, Secret, type StepResult } from '../../../src/model/index.ts';
import { failedHost, pendingHost, unreachableHost } from '../results.ts';

const started = new Date('2026-01-02T03:04:05.678Z');

function report(hosts: readonly HostResult[], more: Partial<JunitReport> = {}): string {
  return junit({ command: 'plan', hosts, seconds: 1.25, started, detailed: false, ...more });
}

const check: StepResult = {
  kind: 'httpCheck',
  name: 'http://a.example/',
  status: 'ok',
  changes: [],
  note: '1 answer',
  caution: 'mind',
  seconds: 0.5,
};
const fine: HostResult = { name: 'a.example', address: '192.0.2.1', status: 'ok', execs: 0, steps: [check] };

describe('junit', () => {
  it('has a suite for each host and a case for each step', () => {
    expect(report([pendingHost, failedHost, unreachableHost])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="trueup plan" tests="6" failures="1" errors="1" skipped="3" time="1.250">
  <testsuite name="lb-01" hostname="192.0.2.11" tests="3" failures="0" errors="0" skipped="2" time="0.000" timestamp="2026-01-02T03:04:05Z">
    <testcase name="yumPackage haproxy" classname="plan.lb-01"/>
    <testcase name="template /etc/haproxy/haproxy.cfg" classname="plan.lb-01">
      <skipped message="content (+1 −1)"/>
      <system-out>content (+1 −1)
mode 0600 → 0644</system-out>
    </testcase>
    <testcase name="systemdService haproxy" classname="plan.lb-01">
      <skipped message="known after yumPackage haproxy"/>
      <system-out>known after yumPackage haproxy</system-out>
    </testcase>
  </testsuite>
  <testsuite name="nginx-01" hostname="192.0.2.61" tests="2" failures="1" errors="0" skipped="1" time="0.000" timestamp="2026-01-02T03:04:05Z">
    <testcase name="systemdService nginx" classname="plan.nginx-01" file="/p/web.ts" line="7">
      <failure message="Job for nginx.service failed." type="systemdService">Job for nginx.service failed.
command: systemctl reload nginx.service (exit 1)
its last lines:
  | unknown directive
  | Job for nginx.service failed.
→ Mend it and apply again.</failure>
    </testcase>
    <testcase name="file /etc/motd" classname="plan.nginx-01">
      <skipped message="skipped"/>
    </testcase>
  </testsuite>
  <testsuite name="lb-02" hostname="192.0.2.12" tests="1" failures="0" errors="1" skipped="0" time="0.000" timestamp="2026-01-02T03:04:05Z">
    <testcase name="the host" classname="plan.lb-02">
      <error message="connection refused" type="unreachable">connection refused
→ Is sshd running there?</error>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  it('fails what is pending where the exit code does', () => {
    const xml = report([pendingHost], { detailed: true });
    expect(xml).toContain('failures="2"');
    expect(xml).toContain('<failure message="content (+1 −1)" type="pending"/>');
    expect(xml).toContain('<failure message="known after yumPackage haproxy" type="unknown"/>');
  });

  it('has the checks of an apply, how long each took, and no two of one name', () => {
    const xml = report([{ ...fine, steps: [], checks: [check, check] }], { command: 'apply' });
    expect(xml).toContain('tests="2" failures="0" errors="0" skipped="0" time="1.000"');
    expect(xml).toContain(
      '<testcase name="httpCheck http://a.example/" classname="apply.a_example" time="0.500">',
    );
    expect(xml).toContain('<testcase name="httpCheck http://a.example/ (2)"');
    expect(xml).toContain('<system-out>1 answer\n! mind</system-out>');
  });

  it('has what a play that goes from host to host did beside its steps', () => {
    const step = { kind: 'command', name: 'drain', changes: [], on: 'lb-01' } as const;
    const failed = { ...step, status: 'failed', failure: { message: 'no socket' } } as const;
    const xml = report([
      {
        ...fine,
        notReached: 'b.example failed',
        rollouts: [{ play: 'Web', before: [{ ...step, status: 'done' }], after: [failed], verify: [check] }],
      },
    ]);
    expect(xml).toContain(
      '<testcase name="command drain on lb-01, before the change" classname="plan.a_example"/>',
    );
    expect(xml).toContain(
      '<testcase name="command drain on lb-01, after the change" classname="plan.a_example">',
    );
    expect(xml).toContain('<failure message="no socket" type="command">');
    expect(xml).toContain('<skipped message="b.example failed"/>');
    expect(xml).toContain('tests="5" failures="1" errors="0" skipped="1"');
  });

  it('is one of the error that kept the run from beginning', () => {
    const xml = report([], { error: { message: 'no such inventory', advice: 'Write one.' } });
    expect(xml).toContain('<testsuites name="trueup plan" tests="1" failures="0" errors="1"');
    expect(xml).toContain(
      '<error message="no such inventory" type="input">no such inventory\n→ Write one.</error>',
    );
  });

  it('holds whatever a host says', () => {
    const said = `<b a="1">&\u001b[31m\u0000\ufffe\ud800 ${new Secret('X', 'hunter2!').reveal()}\n]]>\tend`;
    const failure = { message: said };
    const xml = report([{ ...fine, steps: [{ ...check, status: 'failed', failure, note: said }] }]);
    const shown = '&lt;b a=&quot;1&quot;&gt;&amp;␛[31m␀\ufffd\ufffd [secret]';
    expect(xml).toContain(`message="${shown}"`);
    expect(xml).toContain(`>${shown}\n]]&gt;\tend</failure>`);
  });
});
