import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type Reader, shellLine } from '../../../src/model/index.ts';
import { readConnection } from '../../../src/resources/iptables-service/permits.ts';

/** As behind sudo: the shell that asks has lost SSH_CONNECTION, what it was started by has it. */
function behindSudo(shell: string, connection: string | undefined): Reader {
  return {
    async probe(command) {
      const script = `env -u SSH_CONNECTION ${shellLine([shell, ...command.slice(1)] as never)}; exit $?`;
      const env = {
        PATH: '/usr/bin:/bin',
        ...(connection === undefined ? {} : { SSH_CONNECTION: connection }),
      };
      const { status, stdout, stderr } = spawnSync(shell, ['-c', script], { env });
      return { code: status ?? -1, stdout: String(stdout), stderr: String(stderr), bytes: stdout };
    },
    file: () => Promise.reject(new Error('only probes')),
  };
}

describe.each(['/bin/dash', '/bin/bash'])('the connection, in %s', (shell) => {
  it.each([
    ['10.0.0.1 50000 10.0.0.2 2222', { client: '10.0.0.1', server: '10.0.0.2', port: 2222 }],
    ['fe80::1%eth0 50000 fe80::2%eth0 22', { client: 'fe80::1', server: 'fe80::2', port: 22 }],
  ])('%s', async (text, connection) => {
    expect(await readConnection(behindSudo(shell, text))).toEqual(connection);
  });
});
