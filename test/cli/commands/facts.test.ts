import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { factsText } from '../../../src/cli/views/facts-text.ts';
import { paintFor } from '../../../src/cli/views/paint.ts';
import type { Facts } from '../../../src/model/index.ts';
import { projectFolder } from '../../project-folder.ts';
import { pendingHost, unreachableHost } from '../results.ts';
import { ask } from './ask.ts';

/** A port of 127.0.0.1 that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

describe('trueup facts', () => {
  it('tells which host gave none, and why', async () => {
    const text = `all: { hosts: { a: { address: 127.0.0.1, port: ${await closedPort()} } } }`;
    const file = join(projectFolder({ 'lab.yml': text }), 'lab.yml');
    const { code, stdout } = await ask('facts', '-i', file, '--json');
    expect(code).toBe(4);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ schema: 1, command: 'facts', exitCode: 4 });
    expect(document.hosts).toMatchObject([{ name: 'a', status: 'unreachable', facts: null }]);
    expect((await ask('facts', '-i', file)).stdout).toContain(`FAILED  a\n  ${document.hosts[0].error}\n`);
  });

  it('are given up at Ctrl-C, also on the way to a host, and say so', async () => {
    const silent = createServer();
    const connected = once(silent, 'connection');
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const text = `all: { hosts: { a: { address: 127.0.0.1, port: ${port} } } }`;
    const file = join(projectFolder({ 'lab.yml': text }), 'lab.yml');
    const asked = ask('facts', '-i', file, '--json');
    const [socket] = (await connected) as [Socket];
    const left = once(socket.resume(), 'close');
    process.emit('SIGINT');
    const { code, stdout } = await asked;
    await left;
    silent.close();
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 130, hosts: [{ name: 'a', error: 'interrupted' }] });
  });

  it('are shown host by host', () => {
    const facts: Facts = {
      hostname: 'lb-01.example.test',
      os: 'centos',
      osVersion: '9',
      osName: 'CentOS Stream 9',
      kernel: '5.14.0',
      architecture: 'x86_64',
      cpus: 2,
      memoryMiB: 1024,
      addresses: { eth0: ['192.0.2.11/24', 'fe80::1/64'] },
      selinux: 'enforcing',
      selinuxPolicy: 'targeted',
      selinuxVersion: 33,
    };
    const bare = { ...facts, os: '', osName: '', osVersion: '', memoryMiB: 0 };
    const shown = factsText([{ result: pendingHost, facts: bare }], paintFor({}));
    expect(shown).toContain('  system    not known\n');
    expect(shown).toContain('  memory    not known\n');
    const answers = [{ result: pendingHost, facts }, { result: unreachableHost }];
    expect(factsText(answers, paintFor({}))).toBe(
      [
        'lb-01  192.0.2.11',
        '  hostname  lb-01.example.test',
        '  system    CentOS Stream 9 (centos 9)',
        '  kernel    5.14.0 x86_64',
        '  cpus      2',
        '  memory    1024 MiB',
        '  selinux   enforcing (targeted, version 33)',
        '  eth0      192.0.2.11/24, fe80::1/64',
      ].join('\n'),
    );
  });
});
