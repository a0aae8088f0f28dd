import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { InputError, type Inventory } from '../../src/model/index.ts';
import { projectFolder } from '../project-folder.ts';

function load(text: string, maxHosts?: number, more: Record<string, string> = {}): Promise<Inventory> {
  const root = projectFolder({ 'inventory/hosts.yml': text, ...more });
  return loadInventory(join(root, 'inventory/hosts.yml'), { maxHosts });
}

async function refusal(loading: Promise<unknown>): Promise<InputError> {
  const error = await loading.catch((thrown: unknown) => thrown);
  if (error instanceof InputError) return error;
  throw new Error(`not refused as input: ${String(error)}`);
}

/** The message without its folder, and with the advice behind it. */
async function said(loading: Promise<unknown>): Promise<string> {
  const { message, advice } = await refusal(loading);
  return `${message.replace(/^.*\/inventory\//, '')}${advice === undefined ? '' : ` → ${advice}`}`;
}

const hosts = (...names: string[]) => `all:\n  hosts:\n${names.map((name) => `    ${name}:\n`).join('')}`;

describe('the number of hosts', () => {
  it('is counted before a range is expanded', async () => {
    expect(await said(load(hosts('h[1:999][1:999][1:999]')))).toBe(
      'hosts.yml:3:5: h[1:999][1:999][1:999] is 997,002,999 hosts: an inventory may have 10,000 → If you mean it, allow more with --max-hosts NUMBER.',
    );
  });

  it('is that of the whole inventory', async () => {
    expect(await said(load(hosts('a', 'b[1:9999]', 'c')))).toMatch(
      /^hosts\.yml:5:5: the inventory with c is 10,001 hosts: an inventory may have 10,000 →/,
    );
  });

  it('counts a host once, however often it is written', async () => {
    const text = 'all:\n  children:\n    a: { hosts: { "h[1:8]": } }\n    b: { hosts: { "h[1:8]": } }\n';
    expect((await load(text, 8)).hosts).toHaveLength(8);
    expect(await said(load(text, 7))).toContain('h[1:8] is 8 hosts: an inventory may have 7');
  });

  it.each(['h[1:99999999999999999999]', 'h[1:9][1:99999999999999999]', `h[1:${'9'.repeat(200)}]`])(
    'is refused where nobody can count it: %s',
    async (name) => {
      expect(await said(load(hosts(name)))).toContain('is more than 9 quadrillion hosts');
    },
  );

  it('may be more if the command line says so', async () => {
    const { hosts: loaded } = await load(hosts('h[00001:10001]'), 20_000);
    expect([loaded.length, loaded[0]?.name, loaded.at(-1)?.name]).toEqual([10_001, 'h00001', 'h10001']);
  });
});

function bomb(): string {
  const levels = Array.from(
    { length: 9 },
    (_, at) => `  b${at + 1}: &b${at + 1} [${`*b${at}, `.repeat(9)}]\n`,
  );
  return `all:\n vars:\n  b0: &b0 [x, x, x, x, x, x, x, x, x]\n${levels.join('')}`;
}

const groups = (count: number, group: (at: number) => string) =>
  `all:\n  children:\n${Array.from({ length: count }, (_, at) => `    ${group(at)}\n`).join('')}`;

const deep = (depth: number) => `${'{ a: '.repeat(depth)}1${' }'.repeat(depth)}`;

/** Each 90 levels deep, with the one before it inside. */
const aliasLayers = (count: number) =>
  Array.from({ length: count }, (_, at) => {
    const inner = at === 0 ? 'x' : `*b${at - 1} `;
    return `    b${at}: &b${at} ${'['.repeat(90)}${inner}${']'.repeat(90)}\n`;
  }).join('');

describe('an inventory that nobody means', () => {
  it.each<[string, string, RegExp]>([
    ['an alias bomb', bomb(), /^hosts\.yml:9:\d+: stands for more than 1,000,000 values/],
    [
      'deep nesting',
      `all: { vars: { a: ${deep(200)} } }`,
      /^hosts\.yml:1:\d+: nested more than 100 levels deep/,
    ],
    ['very deep nesting', `all: { vars: { a: ${deep(9000)} } }`, /^hosts\.yml:1:\d+: nested (too|more)/],
    ['brackets without end', '['.repeat(20_000), /^hosts\.yml:1:\d+: nested too deep to be read/],
    ['an anchor in itself', 'all:\n  vars:\n    a: &a [1, *a]\n', /^hosts\.yml:3:15: &a contains itself/],
    [
      'an anchor in a key of itself',
      'all:\n  vars: &v\n    a: { b: *v }\n',
      /^hosts\.yml:3:13: &v contains itself/,
    ],
    ['a NUL byte in a text', 'all:\n  vars:\n    a: "x\\0y"\n', /^hosts\.yml:3:8: the text holds a NUL byte/],
    [
      'a NUL byte in a name',
      'all:\n  hosts:\n    "a\\0": {}\n',
      /^hosts\.yml:3:5: the text holds a NUL byte/,
    ],
    [
      'a control character in a name',
      'all:\n  hosts:\n    "a\\e[2J": {}\n',
      /^hosts\.yml:3:5: expected a name without hidden characters/,
    ],
    [
      'a host whose name turns the direction of writing',
      'all:\n  hosts:\n    "web\\u202e1": {}\n',
      /^hosts\.yml:3:5: expected a name without hidden characters/,
    ],
    [
      'a group whose name does',
      'all:\n  children:\n    "web\\u2067": {}\n',
      /^hosts\.yml:3:5: expected a name without hidden characters/,
    ],
    [
      'a user whose name does',
      'all:\n  hosts:\n    a: { user: "\\u202e" }\n',
      /^hosts\.yml:3:10: user: expected a text without hidden characters/,
    ],
    [
      'a var whose name does',
      'all:\n  vars:\n    "a\\u202e": 1\n',
      /^hosts\.yml:3:5: vars of group all: expected the name of a var, found .*, which has hidden characters/,
    ],
    [
      'a var with a control character in its name',
      'all:\n  vars:\n    "a\\e": 1\n',
      /^hosts\.yml:3:5: vars of group all: expected the name of a var, found .*, which has hidden characters/,
    ],
    [
      'thousands of groups, each with all hosts',
      groups(20_000, (at) => `g${at}: { hosts: { "h[1:10000]": } }`),
      /^hosts\.yml:203:\d+: the groups up to g200 list more than 2,000,000 hosts, a host of two groups twice → .*--max-hosts/,
    ],
    [
      'thousands of groups, each with all hosts by a child group',
      `web: { hosts: { "h[1:10000]": } }\n${groups(20_000, (at) => `g${at}: { children: { web: } }`)}`,
      /^hosts\.yml:\d+:\d+: the groups up to g\d+ list more than 2,000,000 hosts/,
    ],
    ['a path for a name', 'all:\n  hosts:\n    ../../x: {}\n', /^hosts\.yml:3:5: expected a name without/],
    [
      'a merge of hosts',
      'all:\n  vars: { d: &d { a: } }\n  hosts:\n    <<: *d\n    h1:\n',
      /^hosts\.yml:4:5: `<<` merges vars, not hosts or groups/,
    ],
    [
      'a folder for a name',
      'all:\n  hosts:\n    ..: {}\n',
      /^hosts\.yml:3:5: expected a name, found .*\.\..*, which is a folder/,
    ],
    [
      'a merge of what is no mapping',
      'all:\n  hosts:\n    a:\n      <<: [1, 2]\n',
      /^hosts\.yml:\d+:\d+: not YAML that can be read: Merge sources/,
    ],
    [
      'nesting that aliases hide',
      `all:\n  vars:\n${aliasLayers(119)}`,
      /^hosts\.yml:4:\d+: nested more than 100 levels deep, by what its alias/,
    ],
    [
      'a very long name',
      hosts('x'.repeat(300)),
      /^hosts\.yml:3:5: the name x{20}… is longer than 253 characters/,
    ],
    ['a huge file', `#${'x'.repeat(5_000_000)}`, /hosts\.yml is larger than 4 MiB: it is not read/],
    [
      'groups that share children without end',
      `all:\n  children:\n${layers(60)}`,
      /^hosts\.yml:\d+:\d+: group g0a contains itself/,
    ],
    [
      'a long chain of groups',
      Array.from({ length: 300 }, (_, at) => `g${at}:\n  children:\n    g${at + 1}:\n`).join(''),
      /groups nested more than 100 levels deep/,
    ],
    [
      'jump hosts that multiply',
      hosts(
        ...Array.from({ length: 40 }, (_, at) => `h${at}: { jump: "h${at + 1},h${at + 1}" }\n    x${at}`),
      ),
      /more than 32 jump hosts lead to h0/,
    ],
  ])('%s is a mistake at its place', async (_, text, message) => {
    const began = Date.now();
    expect(await said(load(text))).toMatch(message);
    expect(Date.now() - began).toBeLessThan(15_000);
  });

  it('with an alias bomb in group_vars is refused there', async () => {
    const vars = bomb().replace('all:\n vars:\n', '').replaceAll('\n  b', '\nb').trimStart();
    const loading = load('web:\n  hosts:\n    a:\n', undefined, { 'inventory/group_vars/web.yml': vars });
    expect(await said(loading)).toMatch(/^group_vars\/web\.yml:7:\d+: stands for more than/);
  });

  it('with many values in all is refused, though each value is fine', async () => {
    const vars = `a: &a [${'1, '.repeat(990)}1]\nb: &b [${'*a, '.repeat(900)}*a]\nc: *b\n`;
    const loading = load('web:\n  hosts:\n    a:\n', undefined, { 'inventory/group_vars/web.yml': vars });
    expect(await said(loading)).toMatch(/^group_vars\/web\.yml:1:1: stands for more than/);
  });

  it('that is right is read, however many layers of groups share their children', async () => {
    const text = `all:\n  children:\n${layers(60).replace('        g0a:\n', '')}    g60a: { hosts: { h: } }\n`;
    expect((await load(text)).groups.get('g0a')?.map(({ name }) => name)).toEqual(['h']);
  });

  it('with many values for the hosts of a range is read in seconds', async () => {
    const values = `[${'1, '.repeat(990)}1]`;
    const many = `[${Array.from({ length: 90 }, () => '*a').join(', ')}]`;
    const text = `all:\n  vars: { a: &a ${values}, b: &b ${many} }\n  hosts:\n    h[1:3000]: { v: *b }\n`;
    expect((await load(text)).hosts).toHaveLength(3000);
  });

  it.each<[what: string, text: string, hosts: number]>([
    ['each with a host', groups(20_000, (at) => `g${at}: { hosts: { h${at}: } }`), 20_000],
    [
      'all with one child',
      `web: { hosts: { h: } }\n${groups(20_000, (at) => `g${at}: { children: { web: } }`)}`,
      1,
    ],
  ])('with 20,000 groups, %s, takes seconds of CPU', async (_, text, count) => {
    const began = process.cpuUsage();
    expect((await load(text, 20_000)).hosts).toHaveLength(count);
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(8);
  });

  it('with chains of thousands of aliases takes a second of CPU', async () => {
    const list = (at: number) => (at % 90 === 0 ? 'x' : `[*a${at - 1} ]`);
    const aliases = Array.from(
      { length: 4000 },
      (_, at) => `    a${at}: &a${at} ${list(at)}\n    b${at}: *a${at}\n`,
    );
    const began = process.cpuUsage();
    expect((await load(`all:\n  vars:\n${aliases.join('')}  hosts: { h: }\n`)).hosts).toHaveLength(1);
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(4);
  });

  it('with an anchor that thousands of hosts use is read in seconds', async () => {
    const uses = Array.from({ length: 3000 }, (_, at) => `    h${at}: { <<: *common, n: ${at} }\n`).join('');
    const loading = load(
      `all:\n  vars:\n    common: &common { address: 192.0.2.1, x: [1, 2] }\n  hosts:\n${uses}`,
    );
    const began = Date.now();
    expect((await loading).hosts.at(-1)).toMatchObject({
      address: '192.0.2.1',
      vars: { n: 2999, x: [1, 2] },
    });
    expect(Date.now() - began).toBeLessThan(15_000);
  });
});

/** Each group has the two of the next layer; the last one has the first. */
function layers(count: number): string {
  const children = (at: number) => ['a', 'b'].map((side) => `        g${at}${side}:\n`).join('');
  const layer = (at: number) =>
    ['a', 'b'].map((side) => `    g${at}${side}:\n      children:\n${children(at + 1)}`);
  const last = `    g${count}b:\n      children:\n        g0a:\n`;
  return Array.from({ length: count }, (_, at) => layer(at).join('')).join('') + last;
}

describe('a link', () => {
  const SECRET = 'root:$6$salt$hash:19000:0:99999:7:::\n';
  const web = 'web:\n  hosts:\n    a:\n';

  it.each(['group_vars/web.yml', 'group_vars/web/more.yml', 'host_vars/a'])(
    'in %s that leads out of the project is not read',
    async (name) => {
      const outside = projectFolder({ shadow: SECRET });
      const root = projectFolder({ 'inventory/hosts.yml': web, [`inventory/${name}.d/x`]: '' });
      execFileSync('rm', ['-rf', join(root, `inventory/${name}.d`)]);
      symlinkSync(join(outside, 'shadow'), join(root, 'inventory', name));
      const { message, advice } = await refusal(loadInventory(join(root, 'inventory/hosts.yml')));
      expect(message).toBe(
        `${join(root, 'inventory', name)} is a link to ${join(outside, 'shadow')}, outside of the project: it is not read`,
      );
      expect(`${message}${advice}`).not.toContain('root:');
    },
  );

  it('for all of group_vars/ that leads out of the project is not read', async () => {
    const outside = projectFolder({ 'web.yml': 'a: 1\n' });
    const root = projectFolder({ 'inventory/hosts.yml': web });
    symlinkSync(outside, join(root, 'inventory/group_vars'));
    expect((await refusal(loadInventory(join(root, 'inventory/hosts.yml')))).message).toContain(
      'outside of the project',
    );
  });

  it('within the project is fine', async () => {
    const root = projectFolder({
      'inventory/hosts.yml': web,
      'shared/web.yml': 'a: 1\n',
      'inventory/group_vars/x': '',
    });
    symlinkSync('../../shared/web.yml', join(root, 'inventory/group_vars/web.yml'));
    expect((await loadInventory(join(root, 'inventory/hosts.yml'))).hosts[0]?.vars).toEqual({ a: 1 });
  });

  it('for the inventory itself does not bring a line of another file into an error', async () => {
    for (const text of [
      SECRET,
      `${SECRET}x: [\n`,
      `'${SECRET}'`,
      `all:\n  hosts: ${SECRET}`,
      `all: { adress: '${SECRET.trim()}' }`,
    ]) {
      const outside = projectFolder({ shadow: text });
      const root = projectFolder({ 'inventory/x': '' });
      symlinkSync(join(outside, 'shadow'), join(root, 'inventory/hosts.yml'));
      const error = await refusal(loadInventory(join(root, 'inventory/hosts.yml')));
      expect(`${error.message}${error.advice}`).not.toContain('root:');
      expect(error.message).toContain(`is not shown, as it is a link to ${join(outside, 'shadow')}`);
      expect(error.cause).toBeUndefined();
    }
  });
});

it('a pipe is refused where a vars file is expected: it may never end', async () => {
  const root = projectFolder({
    'inventory/hosts.yml': 'web:\n  hosts:\n    a:\n',
    'inventory/group_vars/x': '',
  });
  execFileSync('mkfifo', [join(root, 'inventory/group_vars/web.yml')]);
  expect(await said(loadInventory(join(root, 'inventory/hosts.yml')))).toBe(
    'group_vars/web.yml is not a regular file',
  );
});
