import { chmodSync, chownSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { projectFolder } from '../project-folder.ts';
import { commandLine } from './command-line.ts';
import { mistakenProject } from './mistaken-project.ts';

// The first one loads all modules.
vi.setConfig({ testTimeout: 60_000 });

type Files = Parameters<typeof mistakenProject>[0]['files'];

/** What is said of a project with such files. */
async function said(files: Files, change: (root: string) => void = () => {}, ...args: string[]) {
  const { root, argv } = mistakenProject({ files: files ?? {} }, 1);
  change(root);
  const { code, stderr } = await commandLine(...argv, ...args.map((word) => word.replace('{root}', root)));
  return { code, stderr: stderr.replaceAll(`${root}/`, '').replaceAll(root, '{root}') };
}

const step = (text: string): Files => ({
  'playbooks/site.ts': [["file({ path: '/etc/motd', content: vars.greeting })", text]],
});

describe('a NUL byte', () => {
  it.each<[string, string, string]>([
    ['in a command', "command({ run: ['echo', 'a\\0b'], creates: '/x' })", 'command: run: '],
    ['in the name of a file', "file({ path: '/etc/a\\0b', content: '' })", 'file: path: '],
    ['in a source', "file({ path: '/etc/a', source: 'a\\0b' })", 'file: source: '],
    ['in a template’s source', "template({ path: '/etc/a', source: 'a\\0b' })", 'template: source: '],
    ['in a validator', "file({ path: '/etc/a', content: '', validate: ['x\\0', '%s'] })", 'file: '],
    ['in a unit', "systemdService({ name: 'a\\0b' })", 'systemdService: '],
    ['in a package', "yumPackage({ names: ['a\\0b'] })", 'yumPackage: names: '],
  ])('%s is a mistake at its place', async (_, text, start) => {
    const files = step(text) ?? {};
    const imports = [['file, secret', 'command, file, secret']] as const;
    const { code, stderr } = await said({
      'playbooks/site.ts': [...imports, ...(files['playbooks/site.ts'] as [])],
    });
    expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining(`playbooks/site.ts:8:`) });
    expect(stderr).toContain(start);
  });

  it('in a template is a mistake at its place', async () => {
    const { code, stderr } = await said({ 'templates/web.conf.ejs': 'a\0b' });
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: 'error: templates/web.conf.ejs:1:2: a template cannot hold a NUL byte\n',
    });
  });

  it('in a value of a template is a mistake at its place', async () => {
    const { code, stderr } = await said({ 'templates/web.conf.ejs': "<%= 'a\\0b' %>" });
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: expect.stringMatching(/web\.conf\.ejs:1.*NUL byte/),
    });
  });
});

describe('a vars file of -e', () => {
  const bomb = Array.from(
    { length: 9 },
    (_, at) => `b${at + 1}: &b${at + 1} [${`*b${at}, `.repeat(9)}]\n`,
  ).join('');
  it.each<[string, string, string]>([
    [
      'with an alias bomb',
      `b0: &b0 [x, x]\n${bomb}`,
      'vars.yml:1:1: its aliases (*NAME) stand for too many values',
    ],
    ['nested without end', '['.repeat(20_000), 'nested too deep to be read'],
    ['of 5 MB', `#${'x'.repeat(5_000_000)}`, 'it is larger than 4 MiB'],
  ])('%s is a mistake', async (_, text, message) => {
    const { code, stderr } = await said({ 'vars.yml': text }, () => {}, '-e', '@{root}/vars.yml');
    expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining(message) });
  });

  it('that is a link to another’s file shows no line of it', async () => {
    const outside = projectFolder({ shadow: 'root: "$6$hash" more\n' });
    const link = (root: string) => symlinkSync(join(outside, 'shadow'), join(root, 'vars.yml'));
    const { code, stderr } = await said({}, link, '-e', '@{root}/vars.yml');
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: expect.stringContaining('so that its text is not shown'),
    });
    expect(stderr).not.toContain('$6$');
  });
});

it('raw control characters of the command line and of files are shown, not sent to the terminal', async () => {
  const evil = '\u001b]0;x\u0007\u202e';
  const { code, stderr } = await said({}, () => {}, '--limit', `no${evil}body`);
  expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining('␛]0;x␇\\u202ebody') });
  const vars = await said({ 'inventory/group_vars/web.yml': 'workers: "a\\e[2J\\a"\n"us\\u202er": 1\n' });
  expect(vars.code).toBe(5);
  const playbook = await said(step(`file({ path: '/x${evil}', content: '' })`));
  expect(playbook.code).toBe(5);
  for (const text of [stderr, vars.stderr, playbook.stderr])
    expect(text).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u);
});

describe('a project of another user', () => {
  const OTHER = 4711;
  const text = { 'lib/helper.ts': 'export const motd = "x";\n', '.env': 'A_SECRET=xxxxx\n' };
  const files: Files = {
    ...text,
    'playbooks/site.ts': [
      ['export default', "import { motd } from '../lib/helper.ts';\nexport default"],
      ['vars.greeting', "motd + secret('A_SECRET').reveal()"],
    ],
  };

  it('is read where all of it is ours', async () => {
    expect((await said(files)).code).toBe(4);
  });

  it.each([
    'playbooks/site.ts',
    'lib/helper.ts',
    'lib',
    'templates/web.conf.ejs',
    'inventory/hosts.yml',
    '.env',
    '',
  ])('is not read, be it only %s', async (path) => {
    const { code, stderr } = await said(files, (root) => chownSync(join(root, path), OTHER, OTHER));
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: expect.stringContaining(`belongs to the user ${OTHER}`),
    });
  });

  it('is not read where everybody may write to its root', async () => {
    const { code, stderr } = await said(files, (root) => chmodSync(root, 0o777));
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: expect.stringContaining('any user of this machine may replace it'),
    });
  });

  it('is not run by way of a package of another user', async () => {
    const more = {
      ...files,
      'node_modules/dep/package.json': '{ "main": "x.js" }',
      'node_modules/dep/x.js': '',
    };
    const uses: Files = { ...more, 'lib/helper.ts': "import 'dep';\nexport const motd = 'x';\n" };
    expect((await said(uses)).code).toBe(4);
    const { code, stderr } = await said(uses, (root) =>
      chownSync(join(root, 'node_modules/dep'), OTHER, OTHER),
    );
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: expect.stringContaining(`belongs to the user ${OTHER}`),
    });
  });

  it('does not lend its cache of compiled code', async () => {
    const { code } = await said({ ...files, '.trueup/cache/x': '' }, (root) =>
      chownSync(join(root, '.trueup/cache'), OTHER, OTHER),
    );
    expect(code).toBe(4);
  });
});

it('--max-hosts allows more hosts, and refuses what is no number', async () => {
  const many: Files = {
    'inventory/hosts.yml': 'all: { vars: { greeting: x }, hosts: { "web[1:12]": } }\n',
    'playbooks/site.ts': [["'web'", "'none'"]],
  };
  expect((await said(many, () => {}, '--max-hosts', '11')).stderr).toContain(
    'web[1:12] is 12 hosts: an inventory may have 11',
  );
  expect((await said(many, () => {}, '--max-hosts', '12')).stderr).toContain(
    'no host or group is called `none`',
  );
  expect((await said(many, () => {}, '--max-hosts', 'x')).code).toBe(5);
});
