import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../../project-folder.ts';
import { ask, type Reply } from './ask.ts';

const INVENTORY = 'all: { children: { web: { hosts: { a: { size: 1 }, b: { size: 2 } } } } }';

const PLAYBOOK = `
import { definePlaybook, file, secret, tcpCheck, template, z } from 'trueup';
export default definePlaybook({
  name: 'Web',
  hosts: 'web',
  vars: z.object({ size: z.int() }),
  tags: ['web'],
  steps: (context) => [
    template({ path: '/etc/x', source: 'x.ejs', data: { size: context.vars.size } }),
    file({ path: '/etc/y', content: 'y' }),
    /* more */
  ],
  verify: ({ host }) => [tcpCheck({ address: host.address, port: 80 })],
});
`;

function validate(
  changes: Readonly<Record<string, string>> = {},
  more = '',
  ...flags: string[]
): Promise<Reply> {
  const root = projectFolder({
    'lab.yml': INVENTORY,
    'x.ejs': 'size <%= size %>\n',
    'site.ts': PLAYBOOK.replace('/* more */', more),
    ...changes,
  });
  return ask('validate', join(root, 'site.ts'), '-i', join(root, 'lab.yml'), ...flags);
}

describe('trueup validate', () => {
  it('counts the steps and checks of each host, without one', async () => {
    const stdout = '✓ a  2 steps  1 check\n✓ b  2 steps  1 check\n';
    expect(await validate()).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('tells once what steps and checks lack, with all hosts', async () => {
    const source = PLAYBOOK.replace("content: 'y'", "content: secret('NO_SUCH')").replace(
      'verify: ({ host }) => [',
      "verify: ({ host }) => [secret('NO_SUCH') && ",
    );
    const shared = "\nconst noSuch = () => secret('NO_SUCH');\nexport";
    const text = source.replaceAll("secret('NO_SUCH')", 'noSuch()').replace('\nexport', shared);
    const { code, stdout } = await validate({ 'site.ts': text });
    expect(code).toBe(5);
    expect(stdout).toMatch(/^✗ a {2}1 mistake\n✗ b {2}1 mistake\n\n✗ a, b\n {2}\S+: NO_SUCH is neither/);
  });

  it('tells the mistakes of several plays at once, also beside a play that asks for facts', async () => {
    const play = (name: string, steps: string) =>
      `definePlaybook({ name: '${name}', hosts: 'web', steps: (context) => [${steps}] })`;
    const plays = [
      play('A', "template({ path: '/a', source: 'no-a.ejs', data: {} })"),
      play('B', "file({ path: '/b', content: context.facts.os })"),
      play('C', "template({ path: '/c', source: 'no-c.ejs', data: {} })"),
    ];
    const text = `import { definePlaybook, file, template } from 'trueup';\nexport default definePlaybook([${plays}]);\n`;
    const { code, stdout } = await validate({ 'site.ts': text });
    expect(code).toBe(5);
    expect(stdout).toMatch(/^✗ a {2}2 mistakes\n✗ b {2}2 mistakes\n/);
    expect(stdout).toMatch(/no-a\.ejs\n[\s\S]*no-c\.ejs\n/);
  });

  it('refuses hosts that do not fit together', async () => {
    const requires = "requires: ({ hosts }) => hosts.length > 1 ? ['one is enough'] : [],\n  tags:";
    const { code, stderr } = await validate({ 'site.ts': PLAYBOOK.replace('tags:', requires) });
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: expect.stringMatching(/^error: \S+site\.ts:3:16: one is enough\n$/),
    });
  });

  it('lists them in a document', async () => {
    const { code, stdout } = await validate({}, '', '-l', 'b', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      schema: 1,
      command: 'validate',
      exitCode: 0,
      error: null,
      hosts: [
        {
          name: 'b',
          address: 'b',
          status: 'ok',
          steps: [
            { kind: 'template', name: '/etc/x', tags: ['web'] },
            { kind: 'file', name: '/etc/y', tags: ['web'] },
          ],
          checks: [{ kind: 'tcpCheck', name: 'b port 80' }],
          problems: [],
        },
      ],
    });
  });

  it('says what only the host can tell', async () => {
    const { code, stdout } = await validate({}, "file({ path: '/etc/z', content: context.facts.os }),");
    expect(code).toBe(0);
    expect(stdout).toContain('✓ a  steps depend on facts  1 check\n');
  });

  it.each<[what: string, changes: Readonly<Record<string, string>>, more: string, said: RegExp]>([
    ['a template', { 'x.ejs': '<%= sise %>' }, '', /✗ a, b\n {2}\S+x\.ejs:1.*sise/],
    [
      'two owners of one thing',
      {},
      "file({ path: '/etc/y', content: '' }),",
      /file \/etc\/y manages file:\/etc\/y on a/,
    ],
    [
      'a secret',
      {},
      "file({ path: '/etc/z', content: secret('NO_SUCH_SECRET') }),",
      /NO_SUCH_SECRET is neither in the environment nor in/,
    ],
    [
      'a key',
      { 'lab.yml': INVENTORY.replace('size: 2', 'size: 2, identityFile: no_such_key') },
      '',
      /✓ a .*\n✗ b .*\n\n✗ b\n {2}\S+lab.yml:1:66: b: the key \S+no_such_key does not exist\n {2}→ Check identityFile/,
    ],
    [
      'all that one host has',
      { 'lab.yml': INVENTORY.replace('size: 2', 'size: 2, identityFile: no_such_key') },
      "...(context.host.name === 'b' ? [file({ path: 'z', content: '' })] : []),",
      /✗ b {2}2 mistakes\n/,
    ],
  ])('finds a mistake in %s', async (_, changes, more, said) => {
    const { code, stdout } = await validate(changes, more);
    expect(stdout).toMatch(said);
    expect(code).toBe(5);
  });

  it('finds mistakes that are no host’s own', async () => {
    const { code, stderr } = await validate({ 'lab.yml': INVENTORY.replace('size: 2', 'sise: 2') });
    expect(code).toBe(5);
    expect(stderr).toContain('host b has no var `size`');
  });
});
