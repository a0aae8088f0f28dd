import { describe, expect, test } from 'vitest';
import { InputError, type PredictedEffects } from '../../src/model/index.ts';
import { yumPackage } from '../../src/resources/yum-package.ts';
import { effects, type ScriptedAnswer, scriptedHost } from '../scripted-host.ts';
import { DOWNGRADE, INSTALL_TWO, REMOVE, YUM_INSTALL } from './yum/dnf-words.ts';

type Spec = Parameters<typeof yumPackage>[0];
interface Scene {
  readonly rpm: ScriptedAnswer;
  readonly dnf?: ScriptedAnswer;
  readonly files?: ScriptedAnswer;
}

const HAPROXY = '== name haproxy\nhaproxy 0 2.6.12 4.el9 x86_64\n';
const NO_HAPROXY =
  '== name haproxy\npackage haproxy is not installed\n== provides\nno package provides haproxy\n';
const NO_NGINX = NO_HAPROXY.replaceAll('haproxy', 'nginx');
const NOTHING = 'Dependencies resolved.\nNothing to do.\nComplete!\n== code 0\n';
const refused = (text: string, repositories = '') => ({ stdout: `${text}\n== code 1\n${repositories}` });
const stopped = (text: string) => ({ stdout: `${text}\n== code 1\n` });

async function look(spec: Spec, { rpm, dnf, files = { code: 3 } }: Scene) {
  const host = scriptedHost({
    probes: [
      ['whatprovides', rpm],
      ['--assumeno', dnf ?? { code: 99 }],
      ['repoquery -l', files],
    ],
  });
  const prepared = await yumPackage(spec).prepare({ root: '/' });
  return { look: await prepared.look(host), asked: host.asked };
}

async function find(spec: Spec, scene: Scene, before: PredictedEffects = effects()) {
  return (await look(spec, scene)).look.diff(before);
}

async function summaries(spec: Spec, scene: Scene) {
  const finding = await find(spec, scene);
  if (finding.status !== 'change') return finding;
  return [
    ...finding.changes.map(({ summary }) => summary),
    ...(finding.note ? [`note: ${finding.note}`] : []),
  ];
}

describe('nothing to do', () => {
  test.each<[string, Spec, string]>([
    ['installed', { names: ['haproxy'] }, HAPROXY],
    [
      'provided by another package',
      { names: ['iptables'] },
      '== name iptables\npackage iptables is not installed\n== provides\niptables-nft 0 1.8.9 1.el9 x86_64\n',
    ],
    ['of the version', { names: ['haproxy'], version: '2.6.12' }, HAPROXY],
    ['of the version and release', { names: ['haproxy'], version: '2.6.12-4.el9' }, HAPROXY],
    ['of the version with its epoch', { names: ['haproxy'], version: '0:2.6.12' }, HAPROXY],
    ['absent', { names: ['haproxy'], state: 'absent' }, NO_HAPROXY],
  ])('%s: dnf is not even asked', async (_, spec, stdout) => {
    const { look: looked, asked } = await look(spec, { rpm: { stdout } });
    expect(looked.diff(effects())).toEqual({ status: 'ok' });
    expect(asked).toHaveLength(1);
  });

  test('the latest: dnf says so', async () => {
    const scene = { rpm: { stdout: HAPROXY }, dnf: { stdout: NOTHING } };
    expect(await find({ names: ['haproxy'], state: 'latest' }, scene)).toEqual({ status: 'ok' });
  });
});

describe('something to do', () => {
  test('each missing package is a change of its own, and one transaction brings them all', async () => {
    const scene = { rpm: { stdout: NO_HAPROXY + NO_NGINX }, dnf: stopped(INSTALL_TWO) };
    expect(await summaries({ names: ['haproxy', 'nginx'] }, scene)).toEqual([
      'install haproxy 2.6.12-4.el9',
      'install nginx 2:1.22.1-11.el9',
      'remove compat-openssl 1.1-3.el9 (it is replaced)',
      'note: the same transaction will install a-library-with-a-name-that-fits-into-no-column-of-the-table 5.4.4-4.el9, upgrade openssl-libs 1:3.0.7-27.el9',
    ]);
    const finding = await find({ names: ['haproxy', 'nginx'] }, scene);
    const actions = finding.status === 'change' ? finding.changes.map((change) => change.actions) : [];
    expect(actions.map((each) => each.length)).toEqual([1, 0, 0]);
    expect(actions[0]?.[0]).toMatchObject({ detached: true, limit: 1800 });
    expect(actions[0]?.[0]).toHaveProperty('exec', expect.arrayContaining(['install', 'haproxy', 'nginx']));
  });

  test('only the missing ones are installed, the others stay as they are', async () => {
    const { asked } = await look(
      { names: ['haproxy', 'nginx'] },
      { rpm: { stdout: HAPROXY + NO_NGINX }, dnf: stopped(INSTALL_TWO) },
    );
    expect(asked[1]).toMatch(/ install nginx$/);
  });

  test('another version', async () => {
    const scene = { rpm: { stdout: HAPROXY }, dnf: stopped(DOWNGRADE) };
    expect(await summaries({ names: ['haproxy'], version: '2.6.12-3.el9' }, scene)).toEqual([
      'downgrade haproxy 2.6.12-4.el9 → 2.6.12-3.el9',
    ]);
  });

  test('yum 3 is told in so many words to downgrade', async () => {
    const host = scriptedHost({
      probes: [
        ['whatprovides', { stdout: HAPROXY }],
        [/ install haproxy-2.6.12-3.el9$/, { stdout: NOTHING }],
        [/ downgrade haproxy-2.6.12-3.el9$/, stopped(DOWNGRADE)],
        ['repoquery -l', { code: 3 }],
      ],
    });
    const prepared = await yumPackage({ names: ['haproxy'], version: '2.6.12-3.el9' }).prepare({ root: '/' });
    const finding = (await prepared.look(host)).diff(effects());
    expect(finding).toHaveProperty(
      'changes.0.actions.0.exec',
      expect.arrayContaining(['downgrade', 'haproxy-2.6.12-3.el9']),
    );
  });

  test('a removal shows everything else that goes', async () => {
    const scene = { rpm: { stdout: HAPROXY }, dnf: stopped(REMOVE) };
    expect(await summaries({ names: ['haproxy'], state: 'absent' }, scene)).toEqual([
      'remove haproxy 2.6.12-4.el9',
      'remove haproxy-exporter 0.15-1.el9 (it depends on what goes)',
      'remove lua-libs 5.4.4-4.el9 (nothing else needs it)',
    ]);
  });

  test('a table that cannot be read is a change all the same', async () => {
    const scene = { rpm: { stdout: NO_HAPROXY }, dnf: stopped('Paquete …\nOperation aborted.') };
    expect(await summaries({ names: ['haproxy'] }, scene)).toEqual(['install haproxy']);
  });
});

describe('blocked', () => {
  test.each<[string, Spec, ScriptedAnswer, string, string?]>([
    [
      'no such package',
      { names: ['haproxy'] },
      refused(
        'No match for argument: haproxy\nError: Unable to find a match: haproxy',
        'repo id                         repo name\nbaseos                          CentOS Stream 9 - BaseOS\nappstream                       CentOS Stream 9 - AppStream\n',
      ),
      'there is no package haproxy in the enabled repositories (baseos, appstream)',
    ],
    [
      'a name that dnf nearly knows',
      { names: ['haproxy'] },
      refused(
        'No match for argument: haproxy\n  * Maybe you meant: haproxy22\nError: Unable to find a match: haproxy',
      ),
      'there is no package haproxy in any enabled repository',
      'Did you mean haproxy22?',
    ],
    [
      'no such package, says yum 3',
      { names: ['haproxy'] },
      refused('Loaded plugins: fastestmirror\nNo package haproxy available.\nError: Nothing to do'),
      'there is no package haproxy in any enabled repository',
    ],
    [
      'a broken repository',
      { names: ['haproxy'] },
      refused("Error: Failed to download metadata for repo 'baseos': Cannot download repomd.xml"),
      "Failed to download metadata for repo 'baseos': Cannot download repomd.xml",
      'See on the host what `dnf makecache` says: the repository, or the way to it, is broken, or /tmp is full there.',
    ],
    [
      'a dependency that nobody has',
      { names: ['haproxy'] },
      refused(
        "Error: \n Problem: conflicting requests\n  - nothing provides lua >= 9 needed by haproxy-2.6.12-4.el9.x86_64\n(try to add '--skip-broken' to skip uninstallable packages)",
      ),
      'Problem: conflicting requests - nothing provides lua >= 9 needed by haproxy-2.6.12-4.el9.x86_64',
    ],
    [
      'an exclude',
      { names: ['haproxy'] },
      refused(
        'All matches were filtered out by exclude filtering for argument: haproxy\nError: Unable to find a match: haproxy',
      ),
      'All matches were filtered out by exclude filtering for argument: haproxy Error: Unable to find a match: haproxy',
    ],
    [
      'dnf and rpm disagree',
      { names: ['haproxy'] },
      { stdout: NOTHING },
      'dnf finds nothing to do for haproxy, though rpm shows otherwise',
    ],
    [
      'somebody else at work',
      { names: ['haproxy'] },
      { stdout: 'Metadata already locked by 226\n  The application with PID 226 is: dnf\n== code 200\n' },
      'the package manager is busy: Metadata already locked by 226 The application with PID 226 is: dnf',
    ],
  ])('%s', async (_, spec, dnf, reason, advice) => {
    const finding = await find(spec, { rpm: { stdout: NO_HAPROXY }, dnf });
    expect(finding).toMatchObject({ status: 'blocked', reason, ...(advice === undefined ? {} : { advice }) });
  });

  test('a protected package', async () => {
    const text =
      'Error: \n Problem: The operation would result in removing the following protected packages: dnf';
    const finding = await find(
      { names: ['haproxy'], state: 'absent' },
      { rpm: { stdout: HAPROXY }, dnf: refused(text) },
    );
    expect(finding).toMatchObject({ status: 'blocked', advice: expect.stringContaining('names') });
  });
});

describe('what an earlier step may bring', () => {
  const release = { step: 'yumPackage epel-release', certain: true };
  const soon: PredictedEffects = {
    ...effects(),
    below: (folder) => (folder === '/etc/yum.repos.d' ? release : undefined),
  };

  test.each<[string, Spec, string, ScriptedAnswer]>([
    ['no package yet', { names: ['haproxy'] }, NO_HAPROXY, refused('No match for argument: haproxy')],
    ['no newer one yet', { names: ['haproxy'], state: 'latest' }, HAPROXY, { stdout: NOTHING }],
  ])('%s: not known before new repositories are there', async (_, spec, stdout, dnf) => {
    const finding = await find(spec, { rpm: { stdout }, dnf }, soon);
    expect(finding).toMatchObject({ status: 'unknown', until: 'yumPackage epel-release' });
  });

  test('a step that leaves the repositories alone changes nothing of it', async () => {
    const scene = { rpm: { stdout: NO_HAPROXY }, dnf: refused('No match for argument: haproxy') };
    const other: PredictedEffects = { ...effects(), pending: 'file /etc/motd', below: () => undefined };
    expect(await find({ names: ['haproxy'] }, scene, other)).toMatchObject({ status: 'blocked' });
  });
});

describe('what it brings', () => {
  const brings = async (scene: Scene, spec: Spec = { names: ['haproxy'] }) => {
    const { look: looked } = await look(spec, scene);
    return looked.effects(looked.diff(effects()));
  };

  test('the files of all packages, new and renewed', async () => {
    const files = {
      stdout: '== fresh\n/usr/sbin/haproxy\n/etc/haproxy\n== renewed\n/usr/lib64/libssl.so.3\n',
    };
    expect(await brings({ rpm: { stdout: NO_HAPROXY }, dnf: stopped(INSTALL_TWO), files })).toEqual({
      appears: ['/usr/sbin/haproxy', '/etc/haproxy', '/usr/lib64/libssl.so.3'],
      changes: ['/usr/lib64/libssl.so.3'],
    });
  });

  test.each<[string, Scene]>([
    [
      'CentOS 7 cannot list files',
      { rpm: { stdout: NO_HAPROXY }, dnf: stopped(YUM_INSTALL), files: { code: 3 } },
    ],
    [
      'not a single path',
      { rpm: { stdout: NO_HAPROXY }, dnf: stopped(INSTALL_TWO), files: { stdout: '== fresh\n== renewed\n' } },
    ],
    ['the list was killed', { rpm: { stdout: NO_HAPROXY }, dnf: stopped(INSTALL_TWO), files: { code: 137 } }],
    ['an unreadable table', { rpm: { stdout: NO_HAPROXY }, dnf: stopped('…\nOperation aborted.') }],
    ['refused', { rpm: { stdout: NO_HAPROXY }, dnf: refused('Error: no') }],
  ])('%s: anything may appear', async (_, scene) => {
    expect(await brings(scene)).toEqual({ more: true });
  });

  test('a removal brings nothing', async () => {
    const scene = { rpm: { stdout: HAPROXY }, dnf: stopped(REMOVE) };
    expect(await brings(scene, { names: ['haproxy'], state: 'absent' })).toEqual({});
  });
});

describe('no answer is not an answer', () => {
  test.each<[string, ScriptedAnswer, string]>([
    [
      'a broken database, of which rpm says that it has no package',
      { stdout: NO_HAPROXY, stderr: 'error: cannot open Packages database in /var/lib/rpm\n' },
      'rpm could not answer: error: cannot open Packages database',
    ],
    ['silence', { stdout: '' }, 'rpm gave no answer about haproxy'],
    ['silence about the name', { stdout: '== name haproxy\n' }, 'rpm gave no answer about haproxy'],
    ['words nobody knows', { stdout: '== name haproxy\nwhatever\n' }, 'rpm gave no answer about haproxy'],
    ['another name', { stdout: NO_NGINX }, 'rpm gave no answer about haproxy'],
    ['no rpm', { code: 127 }, 'exit 127'],
  ])('%s', async (_, rpm, message) => {
    await expect(look({ names: ['haproxy'] }, { rpm })).rejects.toThrow(message);
  });

  test('dnf was cut off', async () => {
    const scene = { rpm: { stdout: NO_HAPROXY }, dnf: { stdout: 'Dependencies resol' } };
    await expect(look({ names: ['haproxy'] }, scene)).rejects.toThrow('dnf gave no answer');
  });
});

describe('the spec', () => {
  test.each<[string, Spec, string]>([
    ['a version for two', { names: ['a', 'b'], version: '1' }, 'version: goes with exactly one name'],
    [
      'a version of what goes',
      { names: ['a'], version: '1', state: 'absent' },
      'version: goes with state `present`',
    ],
    ['a group', { names: ['@development'] }, 'names.0: must be the name of one package'],
    ['an option', { names: ['--nogpgcheck'] }, 'names.0: must be the name of one package'],
    ['a glob', { names: ['php-*'] }, 'names.0: must be the name of one package'],
    ['one twice', { names: ['a', 'a'] }, 'names: lists one twice'],
    ['none', { names: [] }, 'names: '],
  ])('%s is refused', (_, spec, message) => {
    expect(() => yumPackage(spec)).toThrow(InputError);
    expect(() => yumPackage(spec)).toThrow(message);
  });

  test('it owns its packages', () => {
    expect(yumPackage({ names: ['haproxy', 'nginx'] })).toMatchObject({
      label: 'yumPackage haproxy, nginx',
      manages: ['package:haproxy', 'package:nginx'],
    });
  });
});
