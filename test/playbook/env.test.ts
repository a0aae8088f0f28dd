import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import * as trueup from '../../src/index.ts';
import { InputError, mask, maskOldText, Secret } from '../../src/model/index.ts';
import { secretsOf } from '../../src/playbook/env.ts';
import { loadPlaybook } from '../../src/playbook/load-playbook.ts';
import { projectFolder } from '../project-folder.ts';

const NAME = 'TRUEUP_TEST_SETTING';
afterEach(() => {
  delete process.env[NAME];
});

/** What a playbook gets that calls `env` or `secret` where its project has this .env. */
async function asked(call: string, text: string | undefined): Promise<{ root: string; value: unknown }> {
  const root = projectFolder({
    'playbooks/x.ts': `import { definePlaybook, env, secret } from 'trueup';

      export default definePlaybook({ name: 'x', hosts: 'all', steps: () => ${call} as never });`,
    ...(text === undefined ? {} : { '.env': text }),
  });
  const { plays } = await loadPlaybook(join(root, 'playbooks/x.ts'), trueup);
  try {
    return { root, value: plays[0]?.steps({} as never) };
  } catch (error) {
    return { root, value: error };
  }
}

describe('env', () => {
  it.each([
    ['A=1', '1'],
    ['OTHER=2\nexport A = two words \n', 'two words'],
    ["A='x#y' # note", 'x#y'],
    ['A="x#y"', 'x#y'],
    ['A=x # note with bug#12', 'x'],
    ['A= # only a note', ''],
    ['A="two\nlines"', 'two\nlines'],
    ['A=1\nA=2', '2'],
    ['A=x#1\nA=y', 'y'],
  ])('reads %j', async (text, value) => {
    expect((await asked("env('A')", text)).value).toBe(value);
  });

  it('goes by the environment first', async () => {
    process.env[NAME] = 'from outside';
    expect((await asked(`env('${NAME}')`, `${NAME}=inside`)).value).toBe('from outside');
    expect((await asked(`env('${NAME}')`, undefined)).value).toBe('from outside');
  });
});

describe('secret', () => {
  it.each(['x', 'abc', "' ab '"])('that is too short to be masked is refused: %s', async (text) => {
    const { value } = await asked("secret('A')", `A=${text}`);
    expect(value).toBeInstanceOf(InputError);
    expect(String(value)).toMatch(/x\.ts:3:77: the secret A is shorter than 4 characters/);
  });

  it('prints as [secret], and is masked everywhere', async () => {
    const { value } = await asked("secret('A')", "A='env.test secret'");
    if (!(value instanceof Secret)) throw new Error(`no secret: ${value}`);
    expect([`${value}`, JSON.stringify(value), value.reveal()]).toEqual([
      '[secret]',
      '"[secret]"',
      'env.test secret',
    ]);
    expect(mask('the env.test secret is out')).toBe('the [secret] is out');
  });
});

describe('what is missing', () => {
  it.each([
    ["env('A')", undefined, '{root}/playbooks/x.ts:3:77: A is neither in the environment nor in {root}/.env'],
    [
      "secret('A')",
      undefined,
      '{root}/playbooks/x.ts:3:77: A is neither in the environment nor in {root}/.env',
    ],
    [
      "secret('VRRP_PAS')",
      'VRRP_PASS=x',
      '{root}/playbooks/x.ts:3:77: VRRP_PAS is neither in the environment nor in {root}/.env: did you mean `VRRP_PASS`?',
    ],
    [
      "env('toString')",
      'A=1',
      '{root}/playbooks/x.ts:3:77: toString is neither in the environment nor in {root}/.env',
    ],
    ["secret('A')", 'A=', '{root}/playbooks/x.ts:3:77: the secret A is empty'],
    [
      "secret('A')",
      'B=1\nA=abc#123\n',
      '{root}/.env:2:6: the value of A holds a #, which begins a comment: quote the value',
    ],
    [
      "secret('A')",
      'A="abcdef\nB=1\n',
      '{root}/.env:1:3: the value of A begins with a " that does not enclose it',
    ],
    [
      "secret('A')",
      "A= 'abc'def\n",
      "{root}/.env:1:4: the value of A begins with a ' that does not enclose it",
    ],
    [
      "secret('A')",
      'A="abc#def\n',
      '{root}/.env:1:3: the value of A begins with a " that does not enclose it',
    ],
    [
      "env('A')",
      'A=#123',
      '{root}/.env:1:3: the value of A holds a #, which begins a comment: quote the value',
    ],
    [
      "env('A')",
      'A=a b#c',
      '{root}/.env:1:6: the value of A holds a #, which begins a comment: quote the value',
    ],
  ])('%s in %j', async (call, text, message) => {
    const { root, value } = await asked(call, text);
    expect(value).toBeInstanceOf(InputError);
    expect(value).toHaveProperty('message', message.replaceAll('{root}', root));
  });
});

describe('secretsOf', () => {
  it.each<[string, string, string | undefined, string | undefined]>([
    ['the file', `${NAME}=from-file`, undefined, 'from-file'],
    ['the environment first', `${NAME}=from-file`, 'from-environment', 'from-environment'],
    ['neither', 'OTHER=1', undefined, undefined],
    ['an empty value', `${NAME}=`, undefined, undefined],
  ])('reads %s', (_, text, set, expected) => {
    const root = projectFolder({ '.env': text });
    if (set !== undefined) process.env[NAME] = set;
    expect(secretsOf(root)(NAME)?.reveal()).toBe(expected);
    if (expected !== undefined) expect(mask(`x ${expected} y`)).toBe('x [secret] y');
  });

  it.each(['abc', 'x', "' ab '", "'  '"])('refuses %s, which is too short to be masked', (text) => {
    const root = projectFolder({ '.env': `OTHER=1\n${NAME}=${text}\n` });
    const secretOf = secretsOf(root);
    const message = `${root}/.env:2:21: the secret ${NAME} is shorter than 4 characters: it cannot be kept out of the output`;
    expect(() => secretOf(NAME)).toThrow(InputError);
    expect(() => secretOf(NAME)).toThrow(message);
    process.env[NAME] = 'abc';
    expect(() => secretOf(NAME)).toThrow(/^the secret TRUEUP_TEST_SETTING is shorter than 4 characters/);
  });

  it('hides every value of the file in old texts, whether it is asked for or not', () => {
    secretsOf(projectFolder({ '.env': "UNASKED='env.test unasked'\nPORT=18080\nMODE=enforce\n" }));
    const before = 'a env.test unasked\nport 18080\nmode enforce\nwas enforce';
    expect(maskOldText(before)).toBe('a [secret]\nport 18080\nmode [secret]\nwas [secret]');
    expect(maskOldText(before, 'mode enforce')).toBe('a [secret]\nport 18080\nmode enforce\nwas [secret]');
    expect(mask(before)).toBe(before);
  });

  it('refuses a value that dotenv would cut off', () => {
    expect(() => secretsOf(projectFolder({ '.env': `${NAME}=abc#1` }))(NAME)).toThrow('quote the value');
  });
});
