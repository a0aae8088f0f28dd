import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../../project-folder.ts';
import { ask } from './ask.ts';

const FILES = {
  'inventory/lab.yml': `
all:
  vars: { user: root, size: 1 }
  children:
    web:
      hosts: { web-01: { address: 192.0.2.61, port: 2222 }, web-02: { size: [2, x] } }
    db: { hosts: { db-01: } }
`,
  'inventory/group_vars/web.yml': 'size: 3\n',
};

function inventory(): string {
  return join(projectFolder(FILES), 'inventory/lab.yml');
}

describe('trueup inventory list', () => {
  it('tells how hosts are reached, and their groups', async () => {
    expect(await ask('inventory', 'list', '-i', inventory())).toEqual({
      code: 0,
      stdout: [
        'web-01  root@192.0.2.61 port 2222  web',
        'web-02  root@web-02                web',
        'db-01   root@db-01                 db\n',
      ].join('\n'),
      stderr: '',
    });
  });

  it('takes a pattern, and answers as a document', async () => {
    const { stdout } = await ask('inventory', 'list', 'web:!web-01', '-i', inventory(), '--json');
    expect(JSON.parse(stdout)).toEqual({
      schema: 1,
      command: 'inventory list',
      exitCode: 0,
      error: null,
      hosts: [{ name: 'web-02', address: 'web-02', port: 22, user: 'root', groups: ['web'] }],
    });
  });

  it('refuses what is not there, as a document too', async () => {
    const { code, stdout, stderr } = await ask('inventory', 'list', 'wev', '-i', inventory(), '--json');
    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({ command: 'inventory list', exitCode: 5, hosts: [] });
    expect(stderr).toContain('no host or group is called `wev`: did you mean `web`?');
  });
});

describe('trueup inventory show', () => {
  it('shows the values in force', async () => {
    const { stdout } = await ask('inventory', 'show', 'web-02', '-i', inventory());
    expect(stdout).toBe(
      [
        'web-02',
        '  address   web-02',
        '  port      22',
        '  user      root',
        '  hostKeys  strict',
        '  groups    web',
        '  size      [ 2, x ]\n',
      ].join('\n'),
    );
  });

  it('shows the weak algorithms that a host allows', async () => {
    const hosts = 'all: { hosts: { old: { legacyAlgorithms: "ssh-rsa,hmac-sha1" } } }\n';
    const file = join(projectFolder({ 'hosts.yml': hosts }), 'hosts.yml');
    const { stdout } = await ask('inventory', 'show', 'old', '-i', file);
    expect(stdout).toMatch(/^ {2}legacyAlgorithms {2}"ssh-rsa,hmac-sha1"$/m);
  });

  it('explains where they come from, and what they beat', async () => {
    const file = inventory();
    const { stdout } = await ask('inventory', 'show', 'web-02', '-i', file, '--explain');
    const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/g, '  '));
    expect(lines.slice(1, -1)).toEqual([
      'address  web-02  default',
      'port  22  default',
      `user  root  ${file}:3:11`,
      'hostKeys  strict  default',
      `size  [ 2, x ]  ${file}:6:71`,
      `beats 3 in ${file.replace('lab.yml', 'group_vars/web.yml')}:1:1`,
      `beats 1 in ${file}:3:23`,
    ]);
  });

  it('explains in a document, too', async () => {
    const { stdout } = await ask('inventory', 'show', 'web-02', '-i', inventory(), '--explain', '--json');
    const [host] = JSON.parse(stdout).hosts;
    expect(host).toMatchObject({ name: 'web-02', vars: { size: [2, 'x'] }, groups: ['web'] });
    expect(host.origins.size.map(({ value }: { value: unknown }) => value)).toEqual([[2, 'x'], 3, 1]);
    expect(host.origins.port).toEqual([]);
  });
});
