import { describe, expect, it } from 'vitest';
import { blocked, type Finding, Secret, type Step } from '../../src/model/index.ts';
import { user } from '../../src/resources/user.ts';
import { effects, scriptedHost, standingFile } from '../scripted-host.ts';

const NOW = effects();
const LATER = { ...NOW, pending: 'group ops' };
const HASH = '$6$saltsalt$abcdefghijklmnop';
const password = new Secret('JOE', HASH);
const JOE = 'joe:x:1001:1001:Joe:/home/joe:/bin/bash';
const GROUPS = 'root:x:0:\nwheel:x:10:joe,ann\ndev:x:20:ann\njoe:x:1001:\n';

interface There {
  readonly local?: string;
  readonly known?: string;
  readonly groups?: string;
  readonly hash?: string;
}

const answer = (stdout: string) => ({ stdout, code: stdout ? 0 : 2 });

async function look(spec: object, { local = '', known = local, groups = GROUPS, hash = HASH }: There) {
  const host = scriptedHost({
    files: { '/bin/bash': standingFile(''), '/usr/bin/zsh': { exists: false } },
    probes: [
      ['head -c 0', {}],
      ['getent -s files passwd joe', answer(local)],
      ['getent passwd joe', answer(known)],
      ['getent passwd 1002', answer('ann:x:1002:1002::/home/ann:/bin/bash')],
      ['getent passwd 2000', answer('')],
      ['getent passwd 1001', answer(JOE)],
      ['getent -s files group', answer(groups)],
      ['getent -s files shadow joe', answer(`joe:${hash}:20000:0:99999:7:::`)],
    ],
  });
  return (await user({ name: 'joe', ...spec }).prepare({ root: '/' })).look(host);
}

const OK = { status: 'ok' };
const THERE = { local: JOE };
const FREE = { groups: 'root:x:0:\nwheel:x:10:\n' };
const change = (aspect: string, summary: string, ...exec: string[]) => ({
  aspect,
  summary,
  actions: [{ exec }],
});
const changes = (...all: object[]) => ({ status: 'change', changes: all });
const created = (summary: string, ...words: string[]) =>
  changes({ ...change('user', summary, 'useradd', ...words, 'joe'), whole: true });
const chpasswd = { exec: ['chpasswd', '-e'], stdin: `joe:${HASH}\n` };
const NOT_LOCAL = blocked(
  'the user joe does not come from /etc/passwd',
  'It can only be changed where it comes from: see `passwd` in /etc/nsswitch.conf.',
);

describe('nothing to do', () => {
  it.each<[string, object, There]>([
    ['there', {}, THERE],
    [
      'every field as it shall be',
      {
        uid: 1001,
        group: 'joe',
        groups: ['wheel'],
        exclusive: true,
        home: '/home/joe',
        shell: '/bin/bash',
        comment: 'Joe',
        password,
      },
      THERE,
    ],
    ['in more groups than asked for', { groups: [] }, THERE],
    ['absent', { state: 'absent' }, {}],
    ['of a directory service', { uid: 1001 }, { known: JOE }],
    [
      'a shell that is gone, but was there already',
      { shell: '/usr/bin/zsh' },
      { local: JOE.replace('/bin/bash', '/usr/bin/zsh') },
    ],
  ])('%s', async (_what, spec, there) => {
    expect((await look(spec, there)).diff(NOW)).toEqual(OK);
  });
});

describe('a new user', () => {
  it.each<[string, object, There, unknown]>([
    ['with nothing said', {}, FREE, created('create', '-m')],
    ['whose group is there already', {}, {}, created('create', '-m', '-g', 'joe')],
    ['of the system', { system: true }, FREE, created('create, a system user', '-r', '-M')],
    [
      'with everything',
      {
        uid: 2000,
        group: 'dev',
        groups: ['wheel', 'root'],
        home: '/srv/joe',
        shell: '/bin/bash',
        comment: 'Joe',
      },
      {},
      created(
        'create, uid 2000, group dev, groups wheel,root, home /srv/joe, shell /bin/bash',
        ...[
          '-m',
          '-u',
          '2000',
          '-g',
          'dev',
          '-G',
          'wheel,root',
          '-d',
          '/srv/joe',
          '-s',
          '/bin/bash',
          '-c',
          'Joe',
        ],
      ),
    ],
  ])('%s', async (_what, spec, there, expected) => {
    expect((await look(spec, there)).diff(NOW)).toEqual(expected);
  });

  it('with a password, which no command line shows', async () => {
    const finding = (await look({ password }, FREE)).diff(NOW);
    expect(finding).toMatchObject({
      changes: [
        { summary: 'create, with its password', actions: [{ exec: ['useradd', '-m', 'joe'] }, chpasswd] },
      ],
    });
  });

  it.each<[object, There, object]>([
    [{ home: '/srv/joe' }, FREE, { appears: ['/srv/joe'] }],
    [{}, FREE, {}],
    [{ home: '/srv/joe', system: true }, FREE, {}],
    [{ home: '/srv/joe' }, THERE, {}],
    [{ home: '/home/joe', state: 'absent' }, THERE, {}],
  ])('effects from %j', async (spec, there, expected) => {
    const seen = await look(spec, there);
    expect(seen.effects(seen.diff(NOW))).toEqual(expected);
  });
});

describe('a user who differs', () => {
  it.each<[string, object, unknown]>([
    [
      'uid',
      { uid: 2000 },
      {
        ...changes(change('uid', 'uid 1001 → 2000', 'usermod', '-u', '2000', 'joe')),
        note: 'files outside of the home keep the old uid',
      },
    ],
    ['group', { group: 'dev' }, changes(change('group', 'group joe → dev', 'usermod', '-g', 'dev', 'joe'))],
    [
      'one group more',
      { groups: ['wheel', 'dev', 'root'] },
      changes(change('groups', 'groups +dev +root', 'usermod', '-aG', 'dev,root', 'joe')),
    ],
    [
      'these groups and no others',
      { groups: ['dev'], exclusive: true },
      changes(change('groups', 'groups +dev −wheel', 'usermod', '-G', 'dev', 'joe')),
    ],
    [
      'no groups at all',
      { groups: [], exclusive: true },
      changes(change('groups', 'groups −wheel', 'usermod', '-G', '', 'joe')),
    ],
    [
      'home',
      { home: '/srv/joe' },
      {
        ...changes(change('home', 'home /home/joe → /srv/joe', 'usermod', '-d', '/srv/joe', 'joe')),
        note: 'what lies in the old home stays there',
      },
    ],
    [
      'comment',
      { comment: '' },
      changes(change('comment', 'comment Joe → (none)', 'usermod', '-c', '', 'joe')),
    ],
    [
      'to be removed',
      { state: 'absent' },
      {
        ...changes({ ...change('user', 'remove (uid 1001)', 'userdel', 'joe'), whole: true }),
        note: 'its home /home/joe stays',
      },
    ],
  ])('%s', async (_what, spec, expected) => {
    expect((await look(spec, THERE)).diff(NOW)).toEqual(expected);
  });

  it.each(['!', '*', `!${HASH}`, '$6$other$hash'])(
    'password, where there is %s: neither hash is shown',
    async (hash) => {
      const finding = (await look({ password }, { ...THERE, hash })).diff(NOW);
      expect(finding).toEqual(
        changes({ aspect: 'password', summary: 'password: another hash', actions: [chpasswd] }),
      );
    },
  );
});

describe('in the way', () => {
  const ZSH = 'there is no shell /usr/bin/zsh';
  const NO_OPS = 'there is no group ops in /etc/group';
  const BEFORE = "Put group({ name: 'ops' }) before this step.";
  it.each<[string, object, There, typeof NOW, unknown]>([
    [
      'a uid of somebody else',
      { uid: 1002 },
      FREE,
      NOW,
      blocked('uid 1002 belongs to the user ann', 'Take another `uid`, or leave it out.'),
    ],
    ['a missing group', { group: 'ops' }, THERE, NOW, blocked(NO_OPS, BEFORE)],
    ['a missing supplementary group', { groups: ['ops'] }, FREE, NOW, blocked(NO_OPS, BEFORE)],
    [
      'a missing group that may come',
      { groups: ['ops'] },
      FREE,
      LATER,
      { ...created('create, groups ops', '-m', '-G', 'ops'), note: 'the group ops is not there yet' },
    ],
    [
      'a missing shell',
      { shell: '/usr/bin/zsh' },
      THERE,
      NOW,
      blocked(ZSH, 'Check the path, or put the step that brings it before this one.'),
    ],
    [
      'a missing shell that comes',
      { shell: '/usr/bin/zsh' },
      THERE,
      effects({ appears: { '/usr/bin/zsh': { step: 'yumPackage zsh', certain: true } } }),
      changes(change('shell', 'shell /bin/bash → /usr/bin/zsh', 'usermod', '-s', '/usr/bin/zsh', 'joe')),
    ],
    ['a directory service', { comment: 'J' }, { known: JOE }, NOW, NOT_LOCAL],
    ['a directory service, to be removed', { state: 'absent' }, { known: JOE }, NOW, NOT_LOCAL],
  ])('%s', async (_what, spec, there, when, expected) => {
    expect((await look(spec, there)).diff(when)).toEqual(expected as Finding);
  });
});

describe('the spec', () => {
  it.each<[unknown, string]>([
    [{ name: 'joe smith' }, 'name: expected a name'],
    [{ name: 'joe', exclusive: true }, '`exclusive` needs `groups`'],
    [{ name: 'root', state: 'absent' }, 'root is never removed'],
    [{ name: 'joe', comment: 'a:b' }, 'comment: expected one line without a colon'],
    [{ name: 'joe', home: 'home/joe' }, 'home: expected an absolute path'],
    [{ name: 'joe', password: HASH }, "password: expected a secret, such as secret('JOE_HASH')"],
    [{ name: 'joe', paswd: 1 }, 'unknown field `paswd`'],
  ])('refuses %j', (spec, message) => {
    expect(() => (user as (spec: unknown) => Step)(spec)).toThrow(message);
  });

  it.each(['correct horse', 'mypassword123', '$6$a:b', '$6$salt$hash0123456\nroot:x', ''])(
    'refuses what is no hash, and does not say it: %j',
    (text) => {
      const act = () => user({ name: 'joe', password: new Secret('X', text) });
      expect(act).toThrow('password: expected a hash of crypt(3)');
      if (text) expect(act).not.toThrow(text);
    },
  );

  it.each(['!', '!!', '*', '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7'])(
    'takes %s',
    (text) => {
      expect(user({ name: 'joe', password: new Secret('X', text) }).manages).toEqual(['user:joe']);
    },
  );
});
