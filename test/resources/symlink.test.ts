import { describe, expect, it } from 'vitest';
import { blocked, type Change, type FileState, type Finding, type Step } from '../../src/model/index.ts';
import { type AttributesToSet, setAttributes } from '../../src/resources/files/path-actions.ts';
import { symlink } from '../../src/resources/symlink.ts';
import { effects, type Script, scriptedHost, standingFile } from '../scripted-host.ts';

const PATH = '/srv/app/current';
const folder = {
  exists: true,
  type: 'directory',
  mode: '0755',
  owner: 'root',
  group: 'root',
  size: 40,
} as const;
const link = { ...folder, type: 'symlink', mode: '0777', target: 'releases/42' } as const;
const absent = { exists: false } as const;
const NOW = effects();
const LATER = { ...NOW, pending: 'user joe' };
const ADVICE = 'Nothing is removed to make way for a link: do it by hand.';

async function look(spec: object, there: FileState, script: Script = {}) {
  const host = scriptedHost({ ...script, files: { '/srv/app': folder, [PATH]: there, ...script.files } });
  return (await symlink({ path: PATH, target: 'releases/42', ...spec }).prepare({ root: '/' })).look(host);
}

const change = (...changes: unknown[]) => ({ status: 'change', changes });
const landed = (aspect: string, summary: string, ...args: string[]) => ({
  aspect,
  summary,
  actions: [{ exec: ['sh', '-c', expect.stringContaining('mv -fT'), 'trueup', PATH, ...args, ''] }],
});
const created = (owners: string) => ({
  ...landed('symlink', 'create, → releases/42', 'releases/42', owners),
  whole: true,
});
const owned = (aspect: string, summary: string, set?: Partial<AttributesToSet>): Change => ({
  aspect,
  summary,
  actions: set ? [setAttributes({ path: PATH, kind: 'link', ...set })] : [],
});
const NO_JOE: Script = { probes: [['getent passwd joe', { code: 2 }]] };

describe('symlink', () => {
  it.each<[string, object, FileState, Script, typeof NOW, unknown]>([
    ['as it should be', {}, link, {}, NOW, { status: 'ok' }],
    ['somebody else’s, which is not asked about', {}, { ...link, owner: 'joe' }, {}, NOW, { status: 'ok' }],
    ['absent', {}, absent, {}, NOW, change(created('root:root'))],
    [
      'absent, for joe',
      { owner: 'joe' },
      absent,
      { probes: [['getent', {}]] },
      NOW,
      change(created('joe:root')),
    ],
    [
      'to another target',
      {},
      { ...link, target: 'releases/41', owner: 'joe' },
      {},
      NOW,
      change(landed('target', 'target releases/41 → releases/42', 'releases/42', 'joe:root')),
    ],
    [
      'of another owner and group',
      { owner: 'root', group: 'root' },
      { ...link, owner: 'joe', group: 'ops' },
      {},
      NOW,
      change(
        owned('owner', 'owner joe → root', { owner: 'root', group: 'root' }),
        owned('group', 'group ops → root'),
      ),
    ],
    [
      'with another SELinux label',
      {},
      { ...link, label: { context: 'u:object_r:tmp_t:s0', expected: 'u:object_r:var_t:s0' } },
      {},
      NOW,
      change({
        aspect: 'label',
        summary: 'label tmp_t → var_t',
        actions: [setAttributes({ path: PATH, kind: 'link', label: true })],
      }),
    ],
    ['a directory', {}, folder, {}, NOW, blocked(`${PATH} is a directory`, ADVICE)],
    ['a file', {}, standingFile(''), {}, NOW, blocked(`${PATH} is a file, not a symlink`, ADVICE)],
    [
      'absent with its folder',
      {},
      absent,
      { files: { '/srv/app': absent } },
      NOW,
      blocked('/srv/app does not exist', "Put directory({ path: '/srv/app' }) before this step."),
    ],
    [
      'absent with its folder, which comes',
      {},
      absent,
      { files: { '/srv/app': absent } },
      effects({ appears: { '/srv/app': { step: 'directory /srv/app', certain: true } } }),
      change(created('root:root')),
    ],
    [
      'absent, and a step brings something of that name',
      {},
      absent,
      {},
      effects({ appears: { [PATH]: { step: 'yumPackage app', certain: true } } }),
      { status: 'unknown', until: 'yumPackage app', why: `it brings ${PATH}` },
    ],
    [
      'absent, and its owner too',
      { owner: 'joe' },
      absent,
      NO_JOE,
      NOW,
      blocked('there is no user joe', 'Put a step that brings the user joe before this one.'),
    ],
    [
      'absent, and its owner may come',
      { owner: 'joe' },
      absent,
      NO_JOE,
      LATER,
      { ...change(created('joe:root')), note: 'the user joe is not there yet' },
    ],
  ])('%s', async (_what, spec, there, script, when, expected) => {
    expect((await look(spec, there, script)).diff(when)).toEqual(expected as Finding);
  });

  it.each<[FileState, object]>([
    [absent, { appears: [PATH], changes: [PATH] }],
    [{ ...link, target: 'x' }, { changes: [PATH] }],
    [link, {}],
  ])('effects from %j: %j', async (there, expected) => {
    const seen = await look({}, there);
    expect(seen.effects(seen.diff(NOW))).toEqual(expected);
  });

  it.each<[unknown, string]>([
    [{ path: 'srv', target: 'x' }, 'path: expected an absolute path'],
    [{ path: PATH }, 'target: '],
    [{ path: PATH, target: '' }, 'target: expected a path'],
    [{ path: PATH, traget: 'x' }, 'unknown field `traget`: did you mean `target`?'],
  ])('refuses %j', (spec, message) => {
    expect(() => (symlink as (spec: unknown) => Step)(spec)).toThrow(message);
  });

  it('owns its path', () => {
    expect(symlink({ path: PATH, target: 'x' })).toMatchObject({
      label: `symlink ${PATH}`,
      manages: [`file:${PATH}`],
    });
  });
});
