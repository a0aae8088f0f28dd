import type { HostResult, StepResult } from '../../src/model/index.ts';

/** Results as a run leaves them, for tests of what people get to see. */
export const pendingHost: HostResult = {
  name: 'lb-01',
  address: '192.0.2.11',
  status: 'pending',
  execs: 1,
  steps: [
    step({ kind: 'yumPackage', name: 'haproxy', status: 'ok' }),
    step({
      kind: 'template',
      name: '/etc/haproxy/haproxy.cfg',
      status: 'pending',
      changes: [
        {
          summary: 'content (+1 −1)',
          before: 'maxconn 1\nuser haproxy\n',
          after: 'maxconn 2\nuser haproxy\n',
        },
        { summary: 'mode 0600 → 0644' },
      ],
    }),
    step({
      kind: 'systemdService',
      name: 'haproxy',
      status: 'unknown',
      note: 'known after yumPackage haproxy',
    }),
  ],
};

export const failedHost: HostResult = {
  name: 'nginx-01',
  address: '192.0.2.61',
  status: 'failed',
  execs: 3,
  steps: [
    step({
      kind: 'systemdService',
      name: 'nginx',
      status: 'failed',
      failure: {
        message: 'Job for nginx.service failed.',
        command: 'systemctl reload nginx.service',
        exitCode: 1,
        lines: ['unknown directive', 'Job for nginx.service failed.'],
        advice: 'Mend it and apply again.',
        place: { file: '/p/web.ts', line: 7 },
      },
    }),
    step({ kind: 'file', name: '/etc/motd', status: 'skipped' }),
  ],
};

export const unreachableHost: HostResult = {
  name: 'lb-02',
  address: '192.0.2.12',
  status: 'unreachable',
  execs: 0,
  steps: [],
  failure: { kind: 'unreachable', message: 'connection refused', advice: 'Is sshd running there?' },
};

function step(result: Partial<StepResult> & Pick<StepResult, 'kind' | 'name' | 'status'>): StepResult {
  return { changes: [], ...result };
}
