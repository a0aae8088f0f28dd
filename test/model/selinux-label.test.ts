import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LABEL_FUNCTIONS, relabelling, typeOf } from '../../src/model/index.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'trueup-label-'));
  mkdirSync(join(dir, 'tools'));
});
afterEach(() => rmSync(dir, { recursive: true }));

interface Tools {
  readonly matchpathcon?: string;
  readonly chcon?: string;
}

/** Calls set_label as on a host with SELinux, whose tools note what they are asked. */
function setLabel(shell: string, args: readonly string[], { matchpathcon, chcon }: Tools = {}) {
  const tool = (name: string, script: string) =>
    writeFileSync(join(dir, 'tools', name), `#!/bin/sh\necho ${name} "$@" >>${dir}/calls\n${script}\n`, {
      mode: 0o755,
    });
  tool('matchpathcon', matchpathcon ?? 'echo system_u:object_r:etc_t:s0');
  tool('chcon', chcon ?? ':');
  const script = `${LABEL_FUNCTIONS}\nselinux_on() { :; }\nset_label "$@"\necho "exit $?"`;
  const env = { PATH: `${dir}/tools:/usr/bin:/bin`, LC_ALL: 'C' };
  const said = execFileSync(shell, ['-c', script, 'test', ...args], { env }).toString();
  return { said: said.trim(), calls: readFileSync(join(dir, 'calls'), 'utf8').trim().split('\n') };
}

describe.each(['dash', 'bash'])('set_label by %s', (shell) => {
  it.each(['file', 'dir', 'link'])('asks the policy about a %s of this path', (kind) => {
    const { said, calls } = setLabel(shell, [kind, `${dir}/sub/a b`, 'new', '']);
    expect(said).toBe('exit 0');
    expect(calls).toEqual([
      `matchpathcon -n -m ${kind} ${dir}/sub/a b`,
      'chcon -h -- system_u:object_r:etc_t:s0 new',
    ]);
  });

  it.each([
    ['public_content_t', 'chcon -h -t public_content_t -- new'],
    ['u:object_r:x_t:s0:c1', 'chcon -h -- u:object_r:x_t:s0:c1 new'],
  ])('takes %s and does not ask the policy', (context, call) => {
    expect(setLabel(shell, ['file', '/etc/x', 'new', context])).toEqual({ said: 'exit 0', calls: [call] });
  });

  it.each<[string, Tools, string, number]>([
    ['nothing to say about the path', { matchpathcon: "echo '<<none>>'" }, 'exit 0', 1],
    [
      'a file system without labels',
      { chcon: "echo 'chcon: failed to change: Operation not supported'; exit 1" },
      'exit 0',
      2,
    ],
    [
      'no tool that tells',
      { matchpathcon: 'echo "matchpathcon: Permission denied" >&2; exit 1' },
      'cannot determine its SELinux label: matchpathcon: Permission denied\nexit 1',
      1,
    ],
    [
      'a refusal',
      { chcon: 'echo "chcon: failed to change context of \'new\': Invalid argument" >&2; exit 1' },
      'cannot have its SELinux label system_u:object_r:etc_t:s0: Invalid argument\nexit 1',
      2,
    ],
  ])('with %s', (_what, tools, expected, count) => {
    const { said, calls } = setLabel(shell, ['file', '/etc/x', 'new', ''], tools);
    expect(said).toBe(expected);
    expect(calls).toHaveLength(count);
  });
});

describe('what restorecon said', () => {
  const said = [
    'Would relabel /etc/a from system_u:object_r:tmp_t:s0 to system_u:object_r:etc_t:s0',
    'Would relabel /etc/a b from u:object_r:tmp_t:s0-s0:c0.c1023 to u:object_r:var_t:s0',
    'restorecon reset /etc/el7 context u:object_r:tmp_t:s0->u:object_r:etc_t:s0',
  ].join('\n');

  it.each([
    ['/etc/a', { context: 'system_u:object_r:tmp_t:s0', expected: 'system_u:object_r:etc_t:s0' }],
    ['/etc/a b', { context: 'u:object_r:tmp_t:s0-s0:c0.c1023', expected: 'u:object_r:var_t:s0' }],
    ['/etc/el7', { context: 'u:object_r:tmp_t:s0', expected: 'u:object_r:etc_t:s0' }],
    ['/etc', undefined],
    ['/etc/b', undefined],
  ])('%s', (path, expected) => {
    expect(relabelling(path, said)).toEqual(expected);
  });
});

it('tells the type of a context', () => {
  expect(['system_u:object_r:etc_t:s0', 'u:object_r:etc_t', 'etc_t'].map(typeOf)).toEqual([
    'etc_t',
    'etc_t',
    'etc_t',
  ]);
});
