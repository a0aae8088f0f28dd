import { describe, expect, it } from 'vitest';
import { blocked, type Finding, type Step } from '../../src/model/index.ts';
import { group } from '../../src/resources/group.ts';
import { effects, scriptedHost } from '../scripted-host.ts';

const NOW = effects();
const LATER = { ...NOW, pending: 'user joe' };
const GROUPS = 'root:x:0:\nwheel:x:10:joe,ann\nops:x:1000:\n';
const USERS = 'root:x:0:0:root:/root:/bin/bash\njoe:x:1001:1000::/home/joe:/bin/bash\n';

async function look(spec: object, all = '', groups = GROUPS) {
  const entry = groups.split('\n').find((line) => line.startsWith('ops:'));
  const known = all || entry || '';
  const host = scriptedHost({
    probes: [
      ['head -c 0', {}],
      ['getent -s files group', { stdout: groups }],
      ['getent -s files passwd', { stdout: USERS }],
      ['getent group ops', { stdout: known, code: known ? 0 : 2 }],
    ],
  });
  return (await group({ name: 'ops', ...spec }).prepare({ root: '/' })).look(host);
}

const change = (aspect: string, summary: string, ...words: string[]) => ({
  status: 'change',
  changes: [
    {
      aspect,
      summary,
      ...(aspect === 'group' ? { whole: true } : {}),
      actions: [{ exec: [...words, 'ops'] }],
    },
  ],
});
const WITHOUT = 'root:x:0:\nwheel:x:10:joe,ann\n';
const ELSEWHERE = 'It can only be changed where it comes from: see `group` in /etc/nsswitch.conf.';
const PRIMARY = 'it is the primary group of joe';
const TAKEN = 'gid 10 belongs to the group wheel';

describe('group', () => {
  it.each<[string, object, [all?: string, groups?: string], typeof NOW, unknown]>([
    ['there', {}, [], NOW, { status: 'ok' }],
    ['there, with its gid', { gid: 1000, system: true }, [], NOW, { status: 'ok' }],
    ['absent, as it shall be', { state: 'absent' }, ['', WITHOUT], NOW, { status: 'ok' }],
    ['of a directory service', {}, ['ops:*:7000:', WITHOUT], NOW, { status: 'ok' }],
    ['missing', {}, ['', WITHOUT], NOW, change('group', 'create', 'groupadd')],
    [
      'missing, of the system',
      { system: true, gid: 300 },
      ['', WITHOUT],
      NOW,
      change('group', 'create, a system group, gid 300', 'groupadd', '-r', '-g', '300'),
    ],
    [
      'of another gid',
      { gid: 2000 },
      [],
      NOW,
      { ...change('gid', 'gid 1000 → 2000', 'groupmod', '-g', '2000'), note: 'files keep the old gid' },
    ],
    [
      'missing, its gid taken',
      { gid: 10 },
      ['', WITHOUT],
      NOW,
      blocked(TAKEN, 'Take another `gid`, or leave it out.'),
    ],
    [
      'missing, its gid taken, which may change',
      { gid: 10 },
      ['', WITHOUT],
      LATER,
      { ...change('group', 'create, gid 10', 'groupadd', '-g', '10'), note: TAKEN },
    ],
    [
      'to be removed, and nobody’s',
      { state: 'absent' },
      ['', 'ops:x:1002:\n'],
      NOW,
      change('group', 'remove (gid 1002)', 'groupdel'),
    ],
    [
      'to be removed, and somebody’s own',
      { state: 'absent' },
      [],
      NOW,
      blocked(PRIMARY, 'Remove these users, or give them another `group`, in a step before this one.'),
    ],
    [
      'to be removed after its user',
      { state: 'absent' },
      [],
      LATER,
      { ...change('group', 'remove (gid 1000)', 'groupdel'), note: PRIMARY },
    ],
    [
      'of a directory service, with another gid',
      { gid: 1000 },
      ['ops:*:7000:', WITHOUT],
      NOW,
      blocked('the group ops (gid 7000) does not come from /etc/group', ELSEWHERE),
    ],
    [
      'of a directory service, to be removed',
      { state: 'absent' },
      ['ops:*:7000:', WITHOUT],
      NOW,
      blocked('the group ops (gid 7000) does not come from /etc/group', ELSEWHERE),
    ],
  ])('%s', async (_what, spec, there, when, expected) => {
    expect((await look(spec, ...there)).diff(when)).toEqual(expected as Finding);
  });

  it.each<[unknown, string]>([
    [{ name: 'a b' }, 'name: expected a name'],
    [{ name: '-r' }, 'name: expected a name'],
    [{ name: 'x'.repeat(33) }, 'name: expected a name'],
    [{ name: 'ops', gid: -1 }, 'gid: '],
    [{ name: 'ops', state: 'gone' }, 'state: '],
  ])('refuses %j', (spec, message) => {
    expect(() => (group as (spec: unknown) => Step)(spec)).toThrow(message);
  });

  it('owns the group', () => {
    expect(group({ name: 'ops' })).toMatchObject({ label: 'group ops', manages: ['group:ops'] });
  });
});
