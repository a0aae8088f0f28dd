import { describe, expect, test } from 'vitest';
import {
  InputError,
  type PredictedEffects,
  type Prediction,
  type ProbeOptions,
  Secret,
} from '../../src/model/index.ts';
import { command } from '../../src/resources/command.ts';
import { effects, type ScriptedAnswer, scriptedHost, standingFile } from '../scripted-host.ts';

type Spec = Parameters<typeof command>[0];

interface Scene {
  readonly unless?: ScriptedAnswer;
  readonly onlyIf?: ScriptedAnswer;
  readonly created?: boolean;
  readonly tool?: ScriptedAnswer;
}

const install: Prediction = { step: 'yumPackage postfix', certain: true };
const maybe: Prediction = { step: 'command make', certain: false };
const run: Spec['run'] = ['newaliases'];
const UNLESS: Spec = { run, unless: ['grep', '-q', 'x', '/etc/aliases.db'] };
const ONLY_IF: Spec = { run, onlyIf: ['test', '/etc/aliases', '-nt', '/etc/aliases.db'] };
const CREATES: Spec = { run, creates: '/etc/aliases.db' };

async function look(spec: Spec, { unless = {}, onlyIf = {}, created = false, tool = {} }: Scene) {
  const host = scriptedHost({
    files: created ? { '/etc/aliases.db': standingFile('') } : {},
    probes: [
      ['command -v', tool],
      [/^(grep|sh -c 'grep)/, unless],
      [/^test/, onlyIf],
    ],
  });
  const prepared = await command(spec).prepare({ root: '/' });
  return prepared.look(host);
}

async function find(spec: Spec, scene: Scene, before: PredictedEffects = effects()) {
  return (await look(spec, scene)).diff(before);
}

describe('is it needed?', () => {
  const needed = true;
  test.each<[string, Spec, Scene, boolean]>([
    ['unless holds', UNLESS, { unless: { code: 0 } }, false],
    ['unless does not hold', UNLESS, { unless: { code: 1 } }, needed],
    ['unless does not hold, in other words', UNLESS, { unless: { code: 255 } }, needed],
    ['onlyIf holds', ONLY_IF, { onlyIf: { code: 0 } }, needed],
    ['onlyIf does not hold', ONLY_IF, { onlyIf: { code: 1 } }, false],
    ['what it creates is there', CREATES, { created: true }, false],
    ['what it creates is not there', CREATES, {}, needed],
    ['all ask for it', { ...UNLESS, ...ONLY_IF, ...CREATES }, { unless: { code: 1 } }, needed],
    ['unless does not', { ...UNLESS, ...ONLY_IF, ...CREATES }, { unless: { code: 0 } }, false],
    [
      'onlyIf does not',
      { ...UNLESS, ...ONLY_IF, ...CREATES },
      { unless: { code: 1 }, onlyIf: { code: 1 } },
      false,
    ],
    [
      'creates does not',
      { ...UNLESS, ...ONLY_IF, ...CREATES },
      { unless: { code: 1 }, created: true },
      false,
    ],
  ])('%s', async (_, spec, scene, expected) => {
    const change = {
      status: 'change',
      changes: [
        { aspect: 'run', summary: 'run newaliases', actions: [{ exec: ['newaliases'], limit: 300 }] },
      ],
    };
    expect(await find(spec, scene)).toEqual(expected ? change : { status: 'ok' });
  });

  test('a limit of its own', async () => {
    expect(await find({ ...CREATES, limit: 900 }, {})).toMatchObject({
      changes: [{ actions: [{ limit: 900 }] }],
    });
  });
});

describe('no answer is not an answer', () => {
  test.each([124, 126, 129, 137, 139, 143])('a guard that exits %i', async (code) => {
    await expect(look(UNLESS, { unless: { code } })).rejects.toThrow(`exit ${code}`);
  });

  const gone = { code: 127 };
  const script: Spec = { run, unless: ['sh', '-c', 'grep x /srv/y | postmap'] };
  test.each<[string, Spec, Scene, PredictedEffects, unknown]>([
    [
      'its tool is missing',
      UNLESS,
      { unless: gone },
      effects(),
      { status: 'blocked', reason: 'the host does not have grep' },
    ],
    [
      'its tool will come',
      UNLESS,
      { unless: gone },
      effects({ command: { grep: install } }),
      { status: 'unknown', until: 'yumPackage postfix', why: 'the guard needs grep, which is not there yet' },
    ],
    [
      'some tool of its script is missing',
      script,
      { unless: gone },
      effects(),
      { status: 'blocked', reason: 'the host does not have a tool that its script calls' },
    ],
    [
      'some tool of its script is missing, and steps are pending',
      script,
      { unless: gone },
      effects({ unit: { x: install } }),
      { status: 'unknown', until: 'yumPackage postfix' },
    ],
    [
      'what shall be run is missing (bash)',
      CREATES,
      { tool: { code: 1 } },
      effects(),
      { status: 'blocked', reason: 'the host does not have newaliases' },
    ],
    [
      'what shall be run is missing (dash)',
      CREATES,
      { tool: gone },
      effects(),
      { status: 'blocked', reason: 'the host does not have newaliases' },
    ],
    [
      'what shall be run will come',
      CREATES,
      { tool: gone },
      effects({ command: { newaliases: install } }),
      { status: 'change' },
    ],
    [
      'what shall be run may come',
      CREATES,
      { tool: gone },
      effects({ command: { newaliases: maybe } }),
      { status: 'unknown', until: 'command make' },
    ],
    ['what need not be run is missing', CREATES, { tool: gone, created: true }, effects(), { status: 'ok' }],
  ])('%s', async (_, spec, scene, before, expected) => {
    expect(await find(spec, scene, before)).toMatchObject(expected as object);
  });
});

describe('what earlier steps will do', () => {
  const soon = { status: 'unknown', until: 'yumPackage postfix' };
  test.each<[string, Spec, Scene, PredictedEffects, unknown]>([
    [
      'a file that the guard looks at will change: its answer may too',
      ONLY_IF,
      { onlyIf: { code: 1 } },
      effects({ changes: { '/etc/aliases': install } }),
      soon,
    ],
    [
      'a file that a script looks at will appear',
      { run, unless: ['sh', '-c', 'grep x </srv/y'] },
      { unless: { code: 0 } },
      effects({ appears: { '/srv/y': install } }),
      soon,
    ],
    [
      'a file may appear',
      UNLESS,
      { unless: { code: 0 } },
      effects({ appears: { '/etc/aliases.db': maybe } }),
      { status: 'ok' },
    ],
    [
      'what it creates will come by itself',
      CREATES,
      {},
      effects({ appears: { '/etc/aliases.db': install } }),
      soon,
    ],
    [
      'what it creates may come by itself',
      CREATES,
      {},
      effects({ appears: { '/etc/aliases.db': maybe } }),
      { status: 'change' },
    ],
  ])('%s', async (_, spec, scene, before, expected) => {
    expect(await find(spec, scene, before)).toMatchObject(expected as object);
  });
});

describe('what it brings', () => {
  test.each<[string, Spec, unknown]>([
    ['nobody knows', CREATES, { appears: ['/etc/aliases.db'], changes: [], more: true }],
    [
      'the playbook says',
      { ...CREATES, changes: ['/etc/mail'] },
      { appears: ['/etc/aliases.db', '/etc/mail'], changes: ['/etc/mail'], more: false },
    ],
  ])('%s', async (_, spec, expected) => {
    const looked = await look(spec, {});
    expect(looked.effects(looked.diff(effects()))).toEqual(expected);
  });

  test('the same while it is not known whether it runs: if it need not, all that is there', async () => {
    const looked = await look({ ...CREATES, changes: [] }, {});
    const finding = { status: 'unknown', until: 'x', why: 'y' } as const;
    expect(looked.effects(finding)).toEqual({ appears: ['/etc/aliases.db'], changes: [], more: false });
  });
});

describe('the spec', () => {
  test.each<[string, Spec, string]>([
    ['no guard', { run }, 'needs `unless`, `onlyIf` or `creates`'],
    ['a relative path', { run, creates: 'x' }, 'creates: must be an absolute path'],
    ['a limit of nothing', { ...CREATES, limit: 0 }, 'limit: '],
  ])('%s is refused', (_, spec, message) => {
    expect(() => command(spec)).toThrow(InputError);
    expect(() => command(spec)).toThrow(message);
  });

  test.each<[string, Spec, string]>([
    ['its name', { ...CREATES, name: 'rebuild the aliases' }, 'rebuild the aliases'],
    ['its command line', { ...CREATES, run: ['echo', 'a b'] }, "echo 'a b'"],
    ['its command line, shortened', { ...CREATES, run: ['echo', 'x'.repeat(80)] }, `echo ${'x'.repeat(54)}…`],
  ])('it is called by %s', (_, spec, name) => {
    expect(command(spec).label).toBe(`command ${name}`);
  });
});

describe('a secret', () => {
  const password = new Secret('PASSWORD', 'command.test-secret');
  const WHY =
    'holds a secret, and every user of the host can read the arguments of a process (see ps(1)): pass it in `env`';
  const withWord = (word: unknown): [string, ...string[]] => ['tool', word as string];

  test.each<[string, unknown]>([
    ['revealed', password.reveal()],
    ['within a word', `--password=${password.reveal()}`],
    ['in base64', Buffer.from(`joe:${password.reveal()}`).toString('base64')],
    ['as it prints', `--password=${password}`],
    ['itself', password],
  ])('is refused in a command line: %s', (_, word) => {
    const line = withWord(word);
    for (const [spec, where] of [
      [{ ...CREATES, run: line }, 'run.1'],
      [{ run, unless: line }, 'unless.1'],
      [{ run, onlyIf: line }, 'onlyIf.1'],
    ] as const) {
      expect(() => command(spec)).toThrow(InputError);
      expect(() => command(spec)).toThrow(`${where}: ${WHY}`);
    }
  });

  test('reaches the command by its stdin and its environment', async () => {
    const spec: Spec = { ...CREATES, stdin: password, env: { A: password, B: 'plain' } };
    const env = { A: 'command.test-secret', B: 'plain' };
    expect(await find(spec, {})).toMatchObject({
      changes: [{ summary: 'run newaliases', actions: [{ stdin: 'command.test-secret', env }] }],
    });
    expect(await find({ ...CREATES, stdin: 'some text' }, {})).toMatchObject({
      changes: [{ actions: [{ stdin: 'some text' }] }],
    });
  });

  test('reaches the guards by their environment', async () => {
    const host = scriptedHost({ probes: [['', {}]] });
    const seen: unknown[] = [];
    const probe = (words: readonly [string, ...string[]], options?: ProbeOptions) => {
      seen.push([words[0], options?.env]);
      return host.probe(words, options);
    };
    const spec: Spec = { ...UNLESS, onlyIf: ['test', '-e', '/x'], env: { A: password } };
    await (await command(spec).prepare({ root: '/' })).look({ ...host, probe });
    const env = { A: 'command.test-secret' };
    expect(seen).toEqual([
      ['grep', env],
      ['test', env],
      ['sh', undefined],
    ]);
  });

  test.each<[string, Partial<Spec>, string]>([
    [
      'a text with a printed secret on stdin',
      { stdin: `x ${password}` },
      'stdin: a secret was put into a text',
    ],
    [
      'a text with a printed secret in a variable',
      { env: { A: `x ${password}` } },
      'env.A: a secret was put into a text',
    ],
    ['no name', { env: { 'A-B': 'x' } }, 'expected the name of a variable'],
    ['PATH', { env: { PATH: '/opt/bin' } }, 'call the tool by its whole path'],
    ['a variable that bash does not let go', { env: { UID: '1' } }, 'cannot be set'],
    ['a NUL byte', { env: { A: 'a\0b' } }, 'env.A: a variable cannot hold a NUL byte'],
  ])('what a process cannot get is refused: %s', (_, more, message) => {
    expect(() => command({ ...CREATES, ...more })).toThrow(InputError);
    expect(() => command({ ...CREATES, ...more })).toThrow(message);
  });

  test('does not stand in a name that is cut', () => {
    const name = `${'x'.repeat(42)} ${password.reveal()}`;
    expect(command({ ...CREATES, name }).label).toBe(`command ${'x'.repeat(42)} [secret]`);
  });
});
