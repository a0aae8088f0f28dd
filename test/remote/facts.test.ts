import { execFileSync } from 'node:child_process';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Command, Facts, Output, ProbeOptions, Reader } from '../../src/model/index.ts';
import { parseFacts, readFacts } from '../../src/remote/facts.ts';

const STREAM_9 = `[release]
NAME="CentOS Stream"
VERSION="9"
ID="centos"
ID_LIKE="rhel fedora"
VERSION_ID="9"
PRETTY_NAME="CentOS Stream 9"
[uname]
lb-01.example.org
5.14.0-496.el9.x86_64
x86_64
[cpus]
2
[memory]
MemTotal:        3728292 kB
[selinux]
Enforcing
[addresses]
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
1: lo    inet6 ::1/128 scope host \\       valid_lft forever preferred_lft forever
2: eth0    inet 10.0.0.11/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever
2: eth0    inet 10.0.0.100/32 scope global eth0\\       valid_lft forever
`;

const CENTOS_7 = `[release]
ID=centos
VERSION_ID='7'
PRETTY_NAME="CentOS Linux 7 (Core)"
[uname]
old
3.10.0-1160.el7.x86_64
x86_64
[cpus]
1
[memory]
[selinux]
[addresses]
`;

const NOTHING = `[release]
[uname]
[cpus]
[memory]
[selinux]
0
[addresses]
`;

describe('facts', () => {
  it.each<[string, string, Facts]>([
    [
      'of CentOS Stream 9',
      STREAM_9,
      {
        hostname: 'lb-01.example.org',
        os: 'centos',
        osVersion: '9',
        osName: 'CentOS Stream 9',
        kernel: '5.14.0-496.el9.x86_64',
        architecture: 'x86_64',
        cpus: 2,
        memoryMiB: 3640,
        addresses: { lo: ['127.0.0.1/8', '::1/128'], eth0: ['10.0.0.11/24', '10.0.0.100/32'] },
        selinux: 'enforcing',
      },
    ],
    [
      'of CentOS 7 without ip and getenforce',
      CENTOS_7,
      {
        hostname: 'old',
        os: 'centos',
        osVersion: '7',
        osName: 'CentOS Linux 7 (Core)',
        kernel: '3.10.0-1160.el7.x86_64',
        architecture: 'x86_64',
        cpus: 1,
        memoryMiB: 0,
        addresses: {},
        selinux: 'disabled',
      },
    ],
    [
      'of a host without any tool',
      NOTHING,
      {
        hostname: '',
        os: '',
        osVersion: '',
        osName: '',
        kernel: '',
        architecture: '',
        cpus: 0,
        memoryMiB: 0,
        addresses: {},
        selinux: 'permissive',
      },
    ],
  ])('%s are read', (_, text, facts) => {
    expect(parseFacts(text)).toEqual(facts);
  });

  it('of this machine are true, and take one probe', async () => {
    const asked: Command[] = [];
    const here: Pick<Reader, 'probe'> = {
      async probe(command: Command, _?: ProbeOptions): Promise<Output> {
        asked.push(command);
        const bytes = execFileSync(command[0], command.slice(1));
        return { code: 0, stdout: bytes.toString(), stderr: '', bytes };
      },
    };
    const facts = await readFacts(here as Reader);
    expect(asked).toHaveLength(1);
    expect(facts).toMatchObject({ hostname: hostname(), os: 'debian' });
    expect(facts.kernel).toBe(execFileSync('uname', ['-r']).toString().trim());
    expect(facts.cpus).toBeGreaterThan(0);
    expect(facts.memoryMiB).toBeGreaterThan(100);
  });
});
