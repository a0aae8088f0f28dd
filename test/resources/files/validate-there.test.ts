import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/model/index.ts';
import { validateThere, validationObstacles } from '../../../src/resources/files/validate-there.ts';
import { localReader } from '../../local-reader.ts';

const path = '/etc/haproxy/haproxy.cfg';

describe.each(['dash', 'bash'] as const)('validateThere, by %s', (shell) => {
  const ask = (validate: Command, content: string | Buffer = 'global\n') =>
    validateThere(localReader(shell), { path, content: Buffer.from(content), validate });

  it.each<[validate: Command, said: unknown]>([
    [['true', '%s'], { said: 'yes' }],
    [['false', '%s'], { said: 'no', code: 1, lines: [] }],
    [['grep', '-q', '^global$', '%s'], { said: 'yes' }],
    [
      ['grep', '-n', '.', '%s', '/nowhere'],
      { said: 'no', code: 2, lines: [`${path}:1:global`, 'grep: /nowhere: No such file or directory'] },
    ],
    [
      ['sh', '-c', 'echo "$1"; echo bad >&2; exit 3', 'x', '--file=%s,%s'],
      { said: 'no', code: 3, lines: [`--file=${path},${path}`, 'bad'] },
    ],
    [
      ['sh', '-c', 'for word; do echo "$word"; done; exit 1', 'x', "it's", '$(id) `id`', '*', ''],
      { said: 'no', code: 1, lines: ["it's", '$(id) `id`', '*'] },
    ],
    [
      ['sh', '-c', 'stat -c "%a %U" "$1" "$(dirname "$1")"; exit 1', 'x', '%s'],
      { said: 'no', code: 1, lines: ['600 root', '700 root'] },
    ],
    [['sh', '-c', 'cat; cat "$0"; exit 1', '%s'], { said: 'no', code: 1, lines: ['global'] }],
    [['no-such-validator', '%s'], { said: 'nothing' }],
    [['/no/such/validator', '%s'], { said: 'nothing' }],
  ])('%j', async (validate, said) => {
    expect(await ask(validate)).toEqual(said);
  });

  it('hands over the content byte by byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const [sum] = (await localReader(shell).probe(['sha256sum'], { stdin: bytes })).stdout.split(' ');
    const command: Command = ['sh', '-c', 'sha256sum <"$1"; exit 1', 'x', '%s'];
    expect(await ask(command, bytes)).toMatchObject({ lines: [expect.stringMatching(`^${sum} `)] });
  });

  it.each([
    ['kill -9 $$', 'killed by signal 9'],
    ['exit 126', 'could not be run (exit 126)'],
    ['exit 127', 'could not be run (exit 127)'],
  ])('takes %s for no answer', async (script, message) => {
    await expect(ask(['sh', '-c', script, '%s'])).rejects.toThrow(message);
  });

  it('leaves nothing behind', async () => {
    await ask(['true', '%s']);
    await ask(['false', '%s']);
    await ask(['no-such-validator', '%s']);
    await ask(['sh', '-c', 'kill -9 $$', '%s']).catch(() => undefined);
    expect(existsSync('/run/trueup')).toBe(true);
    expect(readdirSync('/run/trueup').filter((name) => name.startsWith('validate.'))).toEqual([]);
  });

  it('says that it could not ask, where there is no room for it', async () => {
    const reader = localReader(shell);
    const noMktemp: typeof reader = {
      ...reader,
      probe: ([tool, flag, script = '', ...rest], options) =>
        reader.probe([tool, String(flag), script.replace('mktemp -d', 'false'), ...rest], options),
    };
    const asking = validateThere(noMktemp, { path, content: Buffer.from(''), validate: ['true', '%s'] });
    await expect(asking).rejects.toThrow('exit 1');
  });
});

describe('validationObstacles', () => {
  const placeOf = (line: number) => (line < 20 ? `templates/haproxy.cfg.ejs:${line + 100}` : undefined);
  it.each([
    [
      `[ALERT] (12) : config : parsing [${path}:12] : unknown keyword`,
      `[ALERT] (12) : config : parsing [${path}:12 (templates/haproxy.cfg.ejs:112)] : unknown keyword`,
    ],
    [
      `nginx: [emerg] unknown directive in ${path}:3`,
      `nginx: [emerg] unknown directive in ${path}:3 (templates/haproxy.cfg.ejs:103)`,
    ],
    [
      `${path}: line 7: Bad configuration option`,
      `${path}: line 7 (templates/haproxy.cfg.ejs:107): Bad configuration option`,
    ],
    [`${path} line 7: bad`, `${path} line 7 (templates/haproxy.cfg.ejs:107): bad`],
    [
      `(${path}: Line 7) Unknown keyword`,
      `(${path}: Line 7 (templates/haproxy.cfg.ejs:107)) Unknown keyword`,
    ],
    [`error in file ${path}, line 7`, `error in file ${path}, line 7 (templates/haproxy.cfg.ejs:107)`],
    [`${path}:55: too far`, `${path}:55: too far`],
    ['other.cfg:7: bad', 'other.cfg:7: bad'],
    ['line 7: bad', 'line 7: bad'],
    ['haproxyXcfg:7', 'haproxyXcfg:7'],
  ])('%s', (line, shown) => {
    const validation = { said: 'no', code: 1, lines: [line] } as const;
    const [obstacle] = validationObstacles(validation, ['haproxy', '-c', '-f', '%s'], path, placeOf);
    expect(obstacle?.reason).toBe(`haproxy -c -f ${path} says no (exit 1)\n${shown}`);
  });
});
