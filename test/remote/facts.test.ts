import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Command, Facts, Output, ProbeOptions, Reader } from '../../src/model/index.ts';
import { parseFacts, readFacts } from '../../src/remote/facts.ts';
import { localReader } from '../local-reader.ts';
import { stubTools } from '../stub-tools.ts';

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
mode=1
version=33
# This file controls the state of SELinux on the system.
SELINUX=enforcing
SELINUXTYPE=targeted
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
mode=disabled
[addresses]
`;

const NOTHING = `[release]
[uname]
[cpus]
[memory]
[selinux]
mode=0
version=31
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
        selinuxPolicy: 'targeted',
        selinuxVersion: 33,
      },
    ],
    [
      'of CentOS 7 without ip',
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
        selinuxVersion: 31,
      },
    ],
  ])('%s are read', (_, text, facts) => {
    expect(parseFacts(text)).toEqual(facts);
  });

  it('say that SELinux is disabled only if that is known', () => {
    expect(() => parseFacts(NOTHING.replace(/mode=.*\n/, ''))).toThrow('SELinux');
  });

  describe.each(['dash', 'bash'] as const)('as %s reads them', (shell) => {
    const read = (files: Record<string, string>, mode = 0o644) => {
      const folder = mkdtempSync(join(tmpdir(), 'trueup-selinux-'));
      for (const [name, content] of Object.entries(files))
        writeFileSync(join(folder, name), content, { mode });
      const replace = { '/sys/fs/selinux': folder, '/etc/selinux': folder };
      return readFacts(localReader(shell, { bound: true, replace }));
    };
    const config =
      '# SELINUXTYPE= can take one of these values:\nSELINUX=permissive\nSELINUXTYPE=targeted \n';

    it('SELinux', async () => {
      const enforcing = { selinux: 'enforcing', selinuxPolicy: 'targeted', selinuxVersion: 33 };
      expect(await read({ enforce: '1', policyvers: '33', config })).toMatchObject(enforcing);
      const permissive = await read({ enforce: '0', policyvers: '31' });
      expect(permissive).toMatchObject({ selinux: 'permissive', selinuxVersion: 31 });
      const disabled = await read({});
      expect(disabled).toMatchObject({ selinux: 'disabled' });
      expect(disabled).not.toHaveProperty('selinuxVersion');
    });

    it('SELinux that may not be looked at is not disabled', async () => {
      await expect(read({ enforce: '1', policyvers: '33' }, 0)).rejects.toThrow('ermission denied');
    });

    it('addresses that may not be looked at are not none', async () => {
      const path = stubTools({ ip: 'echo "Cannot open netlink socket: Permission denied" >&2; exit 1' });
      await expect(readFacts(localReader(shell, { path }))).rejects.toThrow('Permission denied');
    });
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
