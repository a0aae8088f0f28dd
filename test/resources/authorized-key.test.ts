import { describe, expect, it } from 'vitest';
import { blocked, type Finding, type Step } from '../../src/model/index.ts';
import { authorizedKey } from '../../src/resources/authorized-key.ts';
import { effects, scriptedHost } from '../scripted-host.ts';

const field = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
const blob = (seed: number) =>
  Buffer.concat([field(Buffer.from('ssh-ed25519')), field(Buffer.alloc(32, seed))]).toString('base64');
const ONE = `ssh-ed25519 ${blob(1)}`;
const TWO = `ssh-ed25519 ${blob(2)}`;
const PRINT_ONE = 'ssh-ed25519 SHA256:RXm/ruZ0eTzRXKwi1AQEDynB0VgHQ2ac9KPSFdf/YnA';

const NOW = effects();
const LATER = { ...NOW, pending: 'user joe' };
const ENTRY = 'joe:x:1001:1002::/home/joe:/bin/bash';
const HOME = '700 1001 2 8:5 directory';
const FOLDER = '700 1001 2 8:5 directory';
const FILE = '600 1001 1 8:5 regular file';

interface There {
  readonly entry?: string;
  readonly home?: string;
  readonly folder?: string;
  readonly file?: string;
  readonly text?: string | Buffer;
  readonly labels?: string;
}

/** What the host prints of labels: whether it enforces, the policy's context of authorized_keys, and what restorecon says. */
function labels(policy: string, relabels: readonly string[] = [], enforce = '1'): string {
  const packed = Buffer.from(['/home/joe', ...relabels].join('\n')).toString('base64');
  return `${enforce} system_u:object_r:${policy}:s0 ${packed}`;
}
const WRONG_LABEL =
  'Would relabel /home/joe/.ssh/authorized_keys from u:object_r:tmp_t:s0 to u:object_r:ssh_home_t:s0';

function answer({
  entry = ENTRY,
  home = HOME,
  folder = FOLDER,
  file = FILE,
  text = '',
  ...more
}: There): string {
  const packed = Buffer.from(text).toString('base64');
  return [entry, home, folder, file, packed, more.labels ?? '', 'end', ''].join('\n');
}

async function look(spec: object, there: There | 'nobody') {
  const stdout = there === 'nobody' ? 'none\n' : answer(there);
  const host = scriptedHost({ probes: [['getent passwd', { stdout }]] });
  return (
    await authorizedKey({ user: 'joe', key: `${ONE} joe@laptop`, ...spec }).prepare({ root: '/' })
  ).look(host);
}

/** What would be written, and what is said of it. */
async function result(spec: object, there: There): Promise<unknown> {
  const finding = (await look(spec, there)).diff(NOW);
  if (finding.status !== 'change') return finding.status;
  const written = finding.changes.flatMap(({ actions }) =>
    actions.flatMap((action) => ('stdin' in action ? [action.stdin] : [])),
  );
  return [written.join('|'), ...finding.changes.map(({ aspect }) => aspect)];
}

const KEYS_OF_JOE = '/home/joe/.ssh/authorized_keys';
const NEW: There = { folder: 'absent', file: 'absent' };

describe('the text of the file', () => {
  it.each<[string, object, There, unknown]>([
    ['there', {}, { text: `${ONE} joe@laptop\n` }, 'ok'],
    ['there, with another comment', {}, { text: `# his\n${ONE} other\n` }, 'ok'],
    ['there, with options of its own', {}, { text: `restrict,command="echo \\"a b\\"" ${ONE}\n` }, 'ok'],
    ['there, as asked for with options', { key: `restrict ${ONE}` }, { text: `restrict ${ONE} x` }, 'ok'],
    ['the only one', { exclusive: true }, { text: `# his\n\n${ONE}\n` }, 'ok'],
    ['absent', { state: 'absent' }, { text: `${TWO}\n` }, 'ok'],
    ['absent with its file', { state: 'absent' }, NEW, 'ok'],
    ['no folder, no file', {}, NEW, [`${ONE} joe@laptop\n`, 'keys']],
    ['empty', {}, { file: '600 1001 1 8:5 regular empty file' }, [`${ONE} joe@laptop\n`, 'keys']],
    ['behind a line without an end', {}, { text: `#a\n${TWO}` }, [`#a\n${TWO}\n${ONE} joe@laptop\n`, 'keys']],
    ['beside what is commented out', {}, { text: `#${ONE}\n` }, [`#${ONE}\n${ONE} joe@laptop\n`, 'keys']],
    [
      'without the options asked for, twice',
      { key: `restrict ${ONE}` },
      { text: `${ONE} a\n${TWO}\npty ${ONE} b\n` },
      [`restrict ${ONE}\n${TWO}\n`, 'keys'],
    ],
    ['two at once', { key: [ONE, TWO] }, { text: `${TWO}\n` }, [`${TWO}\n${ONE}\n`, 'keys']],
    [
      'these and no others',
      { key: [ONE], exclusive: true },
      { text: `# his\n${TWO}\nssh-dss AAAA old\n${ONE} a\n` },
      [`# his\n${ONE} a\n`, 'keys'],
    ],
    [
      'to be removed',
      { state: 'absent' },
      { text: `restrict ${ONE} a\n${TWO}\n${ONE}\n` },
      [`${TWO}\n`, 'keys'],
    ],
    [
      'in a file of mode 0644',
      {},
      { text: `${ONE}\n`, file: '644 1001 1 8:5 regular file' },
      [`${ONE}\n`, 'mode'],
    ],
    [
      'in a file of root’s',
      {},
      { text: `${ONE}\n`, file: '600 0 1 8:5 regular file' },
      [`${ONE}\n`, 'owner'],
    ],
  ])('%s', async (_what, spec, there, expected) => {
    expect(await result(spec, there)).toEqual(expected);
  });

  it.each([
    ['permissive, so that sshd may read it', NOW, labels('var_t', [], '0')],
    [
      'with a rule that comes',
      effects({
        label: {
          [KEYS_OF_JOE]: { step: 'selinuxContext /home', certain: true, pattern: '/home', restored: true },
        },
      }),
      labels('var_t'),
    ],
  ])('a home with a strange label, %s', async (_what, when, line) => {
    const finding = (await look({}, { ...NEW, labels: line })).diff(when);
    expect(finding).toMatchObject({ status: 'change', changes: [{ aspect: 'keys' }] });
  });

  it('says what it does, and does it as the user', async () => {
    const finding = (await look({}, { text: `${TWO}\n` })).diff(NOW);
    expect(finding).toEqual({
      status: 'change',
      changes: [
        {
          aspect: 'keys',
          summary: `add ${PRINT_ONE} joe@laptop`,
          before: '',
          after: `${ONE} joe@laptop\n`,
          actions: [
            {
              exec: expect.arrayContaining([expect.stringContaining('runuser -u "$1"'), 'joe']),
              stdin: expect.any(String),
            },
          ],
        },
      ],
    });
  });
});

it('an earlier step of the same user takes nothing from what plan has shown', async () => {
  const shown = async (text: string) => {
    const finding = (await look({}, { text })).diff(NOW);
    return finding.status === 'change' && finding.changes.map(({ aspect, before }) => [aspect, before]);
  };
  expect(await shown(`${TWO}\n`)).toEqual(await shown(''));
});

describe('what is around the file', () => {
  const there = { text: `${ONE}\n` };
  it.each<[string, There, unknown[]]>([
    [
      'a folder of another mode',
      { ...there, folder: '755 1001 2 8:5 directory' },
      [['folder mode', { exec: ['runuser', '-u', 'joe', '--', 'chmod', '0700', '/home/joe/.ssh'] }]],
    ],
    [
      'a folder of root’s',
      { ...there, folder: '700 0 2 8:5 directory' },
      [['folder owner', { exec: expect.arrayContaining(['/home/joe/.ssh', '1001', '1002']) }]],
    ],
    [
      'no folder, in a home of root’s',
      { ...NEW, home: '755 0 2 8:5 directory' },
      [
        ['folder', { exec: expect.arrayContaining(['/home/joe/.ssh', '0700', '1001:1002']) }],
        ['keys', expect.anything()],
      ],
    ],
  ])('%s', async (_what, state, expected) => {
    const finding = (await look({}, state)).diff(NOW);
    const changes = finding.status === 'change' ? finding.changes : [];
    expect(changes.map(({ aspect, actions }) => [aspect, ...actions])).toEqual(expected);
  });

  const FIRST = { aspect: 'keys', summary: `add ${PRINT_ONE} joe@laptop`, whole: true, actions: [] };
  const HAND = 'Nothing is written through it, and nothing removed: look at it by hand.';
  const OTHERS = '/home/joe belongs neither to joe nor to root: sshd trusts no keys there';
  const KEYS = '/home/joe/.ssh/authorized_keys';
  it.each<[string, There | 'nobody', typeof NOW, unknown]>([
    [
      'no user',
      'nobody',
      NOW,
      blocked('there is no user joe', "Put user({ name: 'joe' }) before this step."),
    ],
    [
      'no user yet',
      'nobody',
      LATER,
      { status: 'change', changes: [FIRST], note: 'the user joe is not there yet' },
    ],
    [
      'no home',
      { ...NEW, home: 'absent' },
      NOW,
      blocked(
        '/home/joe, the home of joe, does not exist',
        "Put directory({ path: '/home/joe', owner: 'joe' }) before this step.",
      ),
    ],
    [
      'no home yet',
      { ...NEW, home: 'absent' },
      effects({ appears: { '/home/joe': { step: 'directory /home/joe', certain: true } } }),
      { status: 'change', changes: [FIRST] },
    ],
    [
      'a folder that is a symlink',
      { folder: '777 1001 1 8:5 symbolic link' },
      LATER,
      blocked('/home/joe/.ssh is a symlink', HAND),
    ],
    ['a folder that is a file', { folder: FILE }, NOW, blocked('/home/joe/.ssh is no directory', HAND)],
    [
      'a file that is a symlink',
      { file: '777 1001 1 8:5 symbolic link' },
      NOW,
      blocked(`${KEYS} is a symlink`, HAND),
    ],
    [
      'a home where SELinux lets sshd read no keys',
      { ...NEW, entry: 'joe:x:1001:1002::/srv/deploy/joe:/bin/bash', labels: labels('var_t') },
      NOW,
      blocked(
        'SELinux gives /srv/deploy/joe/.ssh/authorized_keys the label var_t, which sshd may not read',
        "Put selinuxContext({ pattern: '/srv/deploy', equals: '/home' }) before this step.",
      ),
    ],
    [
      'such a home below /srv itself',
      { ...NEW, entry: 'joe:x:1001:1002::/srv/joe:/bin/bash', labels: labels('var_t') },
      NOW,
      blocked(
        'SELinux gives /srv/joe/.ssh/authorized_keys the label var_t, which sshd may not read',
        "Put selinuxContext({ pattern: '/srv/joe', equals: '/home/joe' }) before this step.",
      ),
    ],
    [
      'another label than the policy has',
      { text: `${ONE} joe@laptop\n`, labels: labels('ssh_home_t', [WRONG_LABEL]) },
      NOW,
      {
        status: 'change',
        changes: [
          {
            aspect: 'label',
            summary: 'authorized_keys: label tmp_t → ssh_home_t',
            actions: [{ exec: ['restorecon', '-R', '--', '/home/joe/.ssh'] }],
          },
        ],
      },
    ],
    ['a file that is a fifo', { file: '600 1001 1 8:5 fifo' }, NOW, blocked(`${KEYS} is no file`, HAND)],
    [
      'a hard link',
      { file: '600 1001 2 8:5 regular file' },
      NOW,
      blocked(`${KEYS} has another name, too: it is a hard link`, 'Remove it, or the other name, by hand.'),
    ],
    [
      'a home of somebody else',
      { home: '755 1005 2 8:5 directory' },
      NOW,
      blocked(OTHERS, 'chown joe /home/joe'),
    ],
    [
      'a home of root’s that others may write to',
      { ...NEW, home: '1777 0 2 8:5 directory' },
      NOW,
      blocked(
        "/home/joe is root's, and others may write to it: sshd trusts no keys there",
        'chmod go-w /home/joe',
      ),
    ],
    [
      'no home of its own',
      { entry: 'joe:x:1001:1002::/:/sbin/nologin', home: '555 0 2 8:5 directory' },
      NOW,
      blocked('joe has no home of its own: /', "Give it one: user({ name: 'joe', home: … })."),
    ],
    [
      'no text',
      { text: Buffer.from([0xff, 0xfe]) },
      NOW,
      blocked(`${KEYS} is longer than 1 MiB, or no text in UTF-8`, 'Look at it by hand.'),
    ],
  ])('%s', async (_what, state, when, expected) => {
    expect((await look({}, state)).diff(when)).toEqual(expected as Finding);
  });

  it('nobody’s keys are absent', async () => {
    expect((await look({ state: 'absent' }, 'nobody')).diff(LATER)).toEqual({ status: 'ok' });
  });

  it.each(['', `${ENTRY}\n${HOME}\n`, answer({}).replace('end\n', '')])(
    'an answer cut off is none: %j',
    async (stdout) => {
      const host = scriptedHost({ probes: [['getent passwd', { stdout }]] });
      const prepared = await authorizedKey({ user: 'joe', key: ONE }).prepare({ root: '/' });
      await expect(prepared.look(host)).rejects.toThrow('no whole answer');
    },
  );
});

describe('the spec', () => {
  const WHOLE = 'expected one whole public key';
  it.each<[string, unknown, string]>([
    ['cut short', { key: ONE.slice(0, -4) }, WHOLE],
    ['of another type than it says', { key: ONE.replace('ssh-ed25519', 'ssh-rsa') }, WHOLE],
    ['a fingerprint', { key: PRINT_ONE }, WHOLE],
    ['two lines', { key: `${ONE}\n${TWO}` }, WHOLE],
    ['a carriage return that hides a line', { key: `${ONE} a\r${TWO}` }, WHOLE],
    ['an open quote', { key: `command="x ${ONE}` }, WHOLE],
    ['a private key', { key: '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA' }, 'this is a private key'],
    ['none', { key: [] }, 'lists no key'],
    ['one twice', { key: [ONE, `${ONE} again`] }, 'lists one twice'],
    [
      'exclusively absent',
      { key: ONE, state: 'absent', exclusive: true },
      '`exclusive` goes with state present',
    ],
    ['no name', { user: 'a b', key: ONE }, 'user: expected a name'],
  ])('refuses a key %s', (_what, spec, message) => {
    expect(() => (authorizedKey as (spec: unknown) => Step)({ user: 'joe', ...(spec as object) })).toThrow(
      message,
    );
  });

  it.each<[object, string, string[]]>([
    [{ key: `${ONE} joe@laptop\n` }, 'joe: joe@laptop', [`authorizedKey:joe:${ONE}`]],
    [{ key: ONE }, `joe: ${PRINT_ONE}`, [`authorizedKey:joe:${ONE}`]],
    [
      { key: [ONE, TWO], exclusive: true },
      'joe: 2 keys',
      [`authorizedKey:joe:${ONE}`, `authorizedKey:joe:${TWO}`, 'authorizedKeys:joe'],
    ],
  ])('is named and owns: %j', (spec, name, manages) => {
    expect(authorizedKey({ user: 'joe', ...spec } as Parameters<typeof authorizedKey>[0])).toMatchObject({
      name,
      manages,
    });
  });
});
