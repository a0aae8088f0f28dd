import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { projectFolder } from '../project-folder.ts';
import { type Sshd, startSshd } from '../remote/sshd.ts';
import { commandLine } from './command-line.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

let hosts: readonly Sshd[] = [];
beforeAll(async () => {
  // bash reads it for each command that comes over SSH.
  const prepare = `echo 'cat /dev/zero' >"$1/home/.bashrc"`;
  hosts = await Promise.all([startSshd(), startSshd({ prepare }), startSshd()]);
});
afterAll(() => Promise.all(hosts.map((host) => host.stop())));

it('a host that prints without end fails by itself: the others answer, and the laptop keeps its memory', async () => {
  const lines = hosts.map(
    ({ port, dir }, at) =>
      `    host-${at}: { address: 127.0.0.1, port: ${port}, user: root, hostKeys: accept-new, identityFile: ${join(dir, 'id')} }\n`,
  );
  const root = projectFolder({ 'inventory/hosts.yml': `all:\n  hosts:\n${lines.join('')}` });
  const before = process.resourceUsage().maxRSS;
  const { code, stdout } = await commandLine('facts', '-i', join(root, 'inventory/hosts.yml'), '--json');
  const grown = (process.resourceUsage().maxRSS - before) / 1024;
  const answers = JSON.parse(stdout).hosts as { status: string; error?: string }[];
  expect({ code, statuses: answers.map(({ status }) => status) }).toEqual({
    code: 3,
    statuses: ['ok', 'failed', 'ok'],
  });
  expect(answers[1]?.error).toMatch(/the login shell of root printed more than 32 MiB, and was ended$/);
  expect(grown).toBeLessThan(300);
});
