import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocked, type FileState, type Finding, type Step } from '../../src/model/index.ts';
import { setAttributes } from '../../src/resources/files/path-actions.ts';
import { yumRepository } from '../../src/resources/yum-repository.ts';
import { effects, type ScriptedAnswer, scriptedHost, standingFile } from '../scripted-host.ts';

/** Made by gpg, which calls it by this fingerprint. */
const ID = '1b42e2bf32081f911813a71426f560bca5ffa48f';
const ARMORED = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawMy/hYJKwYBBAHaRw8BAQdABGE6Azkt4VafHj7zofSzDzH7cf8CdKG4P6Ad
0RC346m0IVJlcG9zaXRvcnkgPHJlcG9AZXhhbXBsZS5pbnZhbGlkPoiQBBMWCAA4
FiEEG0LivzIIH5EYE6cUJvVgvKX/pI8FAmsDMv4CGwMFCwkIBwIGFQoJCAsCBBYC
AwECHgECF4AACgkQJvVgvKX/pI8C+QD9Fj92VZHLNl4jmJ1bq7RFLXz4W9hbU8YZ
Bf2I4NfpIr0BAKGIul7dqQhAtLGr+rPHV6cC/nUeLXPUR6hLkrQdzO4P
=OLof
-----END PGP PUBLIC KEY BLOCK-----
`;
const PATH = '/etc/yum.repos.d/extra.repo';
const KEY = '/etc/pki/rpm-gpg/RPM-GPG-KEY-extra';
const set = setAttributes({ path: KEY, kind: 'file', mode: '0644' });
const SET_MODE = 'exec' in set ? set.exec.join(' ') : '';
const OURS = '# trueup writes this file as a whole; see dnf.conf(5).\n[extra]\n';
const TEXT = `${OURS}name=Extra\nbaseurl=https://example.com/9/\nenabled=1\ngpgcheck=1\nrepo_gpgcheck=0\n`;
const WITH_KEY = `${TEXT}gpgkey=file://${KEY}\n`;
const NOW = effects();
const LATER = { ...NOW, pending: 'file /etc/yum.repos.d/other.repo' };
const folder = {
  exists: true,
  type: 'directory',
  mode: '0755',
  owner: 'root',
  group: 'root',
  size: 40,
} as const;
const absent = { exists: false } as const;
const BASE = { id: 'extra', name: 'Extra', baseurl: 'https://example.com/9/' };

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'trueup-repository-'));
  await writeFile(join(root, 'extra.asc'), ARMORED);
  await writeFile(join(root, 'none.asc'), 'not a key\n');
});
afterAll(() => rm(root, { recursive: true }));

interface There {
  readonly file?: FileState;
  readonly key?: FileState;
  readonly rpm?: ScriptedAnswer;
  readonly others?: string;
}

const HAS: ScriptedAnswer = { stdout: `deadbeef\n${ID.slice(-8)}\n` };
const HAS_NOT: ScriptedAnswer = { stdout: 'package gpg-pubkey is not installed\n', code: 1 };

async function look(spec: object, { file = absent, key = absent, rpm = HAS_NOT, others = '' }: There) {
  const host = scriptedHost({
    files: {
      [PATH]: file,
      [KEY]: key,
      '/etc/yum.repos.d': folder,
      '/etc/pki/rpm-gpg': folder,
    },
    probes: [
      ['/etc/yum.repos.d/*.repo', { stdout: `${others}end\n` }],
      ['rpm -q', rpm],
    ],
  });
  const step = (yumRepository as (spec: unknown) => Step)({ ...BASE, ...spec });
  return (await step.prepare({ root })).look(host);
}

/** Each change as its aspect, and what is done. */
async function done(spec: object, there: There, when = NOW): Promise<unknown> {
  const finding = (await look(spec, there)).diff(when);
  if (finding.status !== 'change') return finding;
  return finding.changes.map(({ aspect, actions }) => [
    aspect,
    ...actions.map((action) => ('write' in action ? action.write.content.toString() : action.exec.join(' '))),
  ]);
}

const MINE = { gpgkey: 'extra.asc' };
const WEB = { gpgkey: 'https://example.com/key' };
const ON_HOST = { gpgkey: `file://${KEY}` };
const IMPORT = ['key', `rpm --import ${KEY}`];
const all = { file: standingFile(WITH_KEY), key: standingFile(ARMORED), rpm: HAS };
const OK = { status: 'ok' };

describe('yumRepository', () => {
  it.each<[string, object, There, unknown]>([
    ['there', {}, { file: standingFile(TEXT) }, OK],
    ['there, with its key', MINE, all, OK],
    ['there, with a key of the host', ON_HOST, all, OK],
    [
      'there, with a key of the web',
      WEB,
      { file: standingFile(`${TEXT}gpgkey=https://example.com/key\n`) },
      OK,
    ],
    [
      'there, and rpm calls keys by the whole fingerprint',
      MINE,
      { ...all, rpm: { stdout: `${ID.toUpperCase()}\n` } },
      OK,
    ],
    ['absent, as it shall be', { state: 'absent' }, {}, OK],
    ['missing', {}, {}, [['file', TEXT]]],
    [
      'missing, with its key: the repository comes last',
      MINE,
      {},
      [[`${KEY} file`, ARMORED], IMPORT, ['file', WITH_KEY]],
    ],
    ['a key that rpm does not have', MINE, { ...all, rpm: { stdout: 'deadbeef\n' } }, [IMPORT]],
    ['no key at all in rpm', ON_HOST, { ...all, rpm: HAS_NOT }, [IMPORT]],
    [
      'a key file of another mode',
      MINE,
      { ...all, key: standingFile(ARMORED, { mode: '0600' }) },
      [[`${KEY} mode`, SET_MODE]],
    ],
    [
      'a key of the web: imported with the file',
      WEB,
      { file: standingFile(TEXT) },
      [
        ['key', 'rpm --import https://example.com/key'],
        ['content', `${TEXT}gpgkey=https://example.com/key\n`],
      ],
    ],
    ['to be removed', { state: 'absent', ...MINE }, all, [['file', `rm -f -- ${PATH}`]]],
    [
      'a key that no step brings',
      ON_HOST,
      {},
      blocked(
        `there is no key ${KEY}`,
        'Put the step that brings it before this one, or give `gpgkey` as a file of the project.',
      ),
    ],
    [
      'a key of the host that is none',
      ON_HOST,
      { key: standingFile('x\n') },
      blocked(
        `${KEY} holds no armored OpenPGP public key`,
        'It begins with -----BEGIN PGP PUBLIC KEY BLOCK-----; see `gpg --armor --export`.',
      ),
    ],
    [
      'a directory in the way',
      {},
      { file: folder },
      blocked(`${PATH} is a directory`, 'Nothing is removed to make way for a file: do it by hand.'),
    ],
    [
      'a directory to be removed',
      { state: 'absent' },
      { file: folder },
      blocked(`${PATH} is a directory`, 'Look at it by hand.'),
    ],
    [
      'defined elsewhere, too',
      {},
      { file: standingFile(TEXT), others: '/etc/yum.repos.d/other.repo\n' },
      blocked(
        '/etc/yum.repos.d/other.repo defines the repository extra, too',
        'Remove it there by a step before this one, or take another id.',
      ),
    ],
    [
      'to be removed, but defined elsewhere',
      { state: 'absent' },
      { others: '/etc/yum.repos.d/other.repo\n' },
      blocked(
        '/etc/yum.repos.d/other.repo defines the repository extra, too',
        `Remove it there by hand: ${PATH} is all that this step has.`,
      ),
    ],
  ])('%s', async (_what, spec, there, expected) => {
    expect(await done(spec, there)).toEqual(expected as Finding);
  });

  it('defined elsewhere, which an earlier step may end', async () => {
    const finding = (await look({}, { others: '/etc/yum.repos.d/other.repo\n' })).diff(LATER);
    expect(finding).toMatchObject({
      status: 'change',
      note: '/etc/yum.repos.d/other.repo defines the repository extra, too',
    });
  });

  it('a key that an earlier step brings', async () => {
    const when = effects({ appears: { [KEY]: { step: 'yumPackage epel-release', certain: true } } });
    expect(await done(ON_HOST, {}, when)).toEqual([IMPORT, ['file', WITH_KEY]]);
  });

  it.each<[object, There, object]>([
    [{}, {}, { appears: [PATH], changes: [PATH] }],
    [{}, { file: standingFile('') }, { changes: [PATH] }],
    [{ state: 'absent' }, { file: standingFile('') }, { changes: [PATH] }],
    [{}, { file: standingFile(TEXT) }, {}],
  ])('effects from %j', async (spec, there, expected) => {
    const seen = await look(spec, there);
    expect(seen.effects(seen.diff(NOW))).toEqual(expected);
  });

  it('writes every option by its name in dnf.conf', async () => {
    const spec = {
      baseurl: ['https://a.example/', 'https://b.example/'],
      enabled: false,
      gpgcheck: false,
      repo_gpgcheck: true,
      priority: 10,
      exclude: ['kernel*', 'foo'],
      module_hotfixes: true,
      proxy: 'http://proxy:3128',
    };
    expect(await done(spec, {})).toEqual([
      [
        'file',
        `${OURS}name=Extra\nbaseurl=https://a.example/ https://b.example/\nenabled=0\ngpgcheck=0\nrepo_gpgcheck=1\n` +
          'priority=10\nexclude=kernel* foo\nmodule_hotfixes=1\nproxy=http://proxy:3128\n',
      ],
    ]);
  });

  it.each<[string, There]>([
    ['does not tell which keys', { rpm: { code: 1, stderr: 'error: rpmdb open failed' } }],
    ['gave no whole answer', { others: '/etc/yum.repos.d/x.repo' }],
  ])('no answer is none: %s', async (message, there) => {
    await expect(look(MINE, there)).rejects.toThrow(message);
  });

  it.each<[object, string]>([
    [{ id: '../x' }, 'id: expected letters'],
    [{ name: undefined }, 'a repository needs a `name`'],
    [{ name: 'a\nexclude=x' }, 'name: expected one line'],
    [{ baseurl: undefined }, 'expected one of `baseurl`, `mirrorlist` and `metalink`'],
    [{ mirrorlist: 'https://a.example/' }, 'expected one of'],
    [{ mirrorlist: 'example.com', baseurl: undefined }, 'mirrorlist: expected a URL'],
    [{ gpgchek: false }, 'unknown field `gpgchek`: did you mean `gpgcheck`?'],
  ])('refuses %j', (spec, message) => {
    expect(() => (yumRepository as (spec: unknown) => Step)({ ...BASE, ...spec })).toThrow(message);
  });

  it.each([
    ['none.asc', 'none.asc holds no armored OpenPGP public key'],
    ['gone.asc', 'there is no file'],
  ])('refuses the key %s before any host is touched', async (gpgkey, message) => {
    await expect(look({ gpgkey }, {})).rejects.toThrow(message);
  });

  it('owns its file and the keys that it brings', () => {
    const spec = { ...BASE, gpgkey: ['https://example.com/key', 'extra.asc'] };
    expect(yumRepository(spec)).toMatchObject({
      label: 'yumRepository extra',
      manages: [`file:${PATH}`, `file:${KEY}-2`],
    });
  });
});
