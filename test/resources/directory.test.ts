import { describe, expect, it } from 'vitest';
import { blocked, type Change, type FileState, type Finding, type Step } from '../../src/model/index.ts';
import { directory } from '../../src/resources/directory.ts';
import { type AttributesToSet, setAttributes } from '../../src/resources/files/path-actions.ts';
import { effects, type Script, scriptedHost, standingFile } from '../scripted-host.ts';

const PATH = '/srv/www';
const folder = {
  exists: true,
  type: 'directory',
  mode: '0755',
  owner: 'root',
  group: 'root',
  size: 40,
} as const;
const NOW = effects();
const LATER = { ...NOW, pending: 'yumPackage nginx' };
const ADVICE = 'Nothing is removed to make way for a directory: do it by hand.';

async function look(spec: Parameters<typeof directory>[0], there: FileState, script: Script) {
  const host = scriptedHost({ ...script, files: { '/srv': folder, [PATH]: there, ...script.files } });
  return (await directory(spec).prepare({ root: '/' })).look(host);
}

const change = (...changes: Change[]): Finding => ({ status: 'change', changes });
const created = (summary: string, mode: string, owners: string, context = ''): Finding =>
  change({
    aspect: 'directory',
    summary,
    whole: true,
    actions: [
      { exec: ['sh', '-c', expect.stringContaining('mkdir'), 'trueup', PATH, mode, owners, context] },
    ],
  });
const STEP = { step: 'symlink l', certain: true };
const AS_ROOT = ['0755', 'root:root'] as const;
const LABEL = { context: 'u:object_r:tmp_t:s0', expected: 'u:object_r:httpd_sys_content_t:s0' };
const set = (more: Partial<AttributesToSet>) => setAttributes({ path: PATH, kind: 'dir', ...more });
const relabel = (summary: string, context?: string): Finding =>
  change({ aspect: 'label', summary, actions: [set({ label: true, context })] });
const KNOWN: Script = { probes: [['/sys/fs/selinux/context', {}]] };
const RULE = { step: 'selinuxContext /srv/www', certain: true, pattern: '/srv/www' };

describe('directory', () => {
  it.each<[what: string, when: typeof NOW, status: Finding['status']]>([
    ['at once', NOW, 'blocked'],
    ['whatever else is pending', LATER, 'blocked'],
    ['unless a pending step replaces the symlink', effects({ changes: { '/home/joe/l': STEP } }), 'change'],
    [
      'unless a pending step changes a folder above it',
      effects({ touches: { '/home/joe': STEP } }),
      'change',
    ],
  ])('is blocked below a symlink that another user can redirect, %s', async (_, when, status) => {
    const refused = { link: '/home/joe/l', real: '/etc' };
    const files = { '/home/joe/l': { ...folder, type: 'symlink', refused } as const };
    const looked = await (await directory({ path: '/home/joe/l/x' }).prepare({ root: '/' })).look(
      scriptedHost({ files }),
    );
    const finding = looked.diff(when);
    expect(finding.status).toBe(status);
    expect(JSON.stringify(finding)).toContain(
      '/home/joe/l is a symlink that another user can redirect, and leads to a folder that this user may not write to: write the real path (/etc/x)',
    );
  });

  it.each<
    [what: string, spec: object, there: FileState, script: Script, when: typeof NOW, expected: Finding]
  >([
    ['as it should be', {}, folder, {}, NOW, { status: 'ok' }],
    ['absent', {}, { exists: false }, {}, NOW, created('create, 0755 root:root', ...AS_ROOT)],
    [
      'absent, for somebody',
      { mode: '2750', owner: 'joe', group: 'ops' },
      { exists: false },
      { probes: [['getent', {}]] },
      NOW,
      created('create, 2750 joe:ops', '2750', 'joe:ops'),
    ],
    [
      'with another mode',
      {},
      { ...folder, mode: '0700' },
      {},
      NOW,
      change({ aspect: 'mode', summary: 'mode 0700 → 0755', actions: [set({ mode: '0755' })] }),
    ],
    [
      'with another owner and group',
      {},
      { ...folder, owner: 'joe', group: 'ops' },
      {},
      NOW,
      change(
        {
          aspect: 'owner',
          summary: 'owner joe → root',
          actions: [set({ owner: 'root', group: 'root', mode: '0755' })],
        },
        { aspect: 'group', summary: 'group ops → root', actions: [] },
      ),
    ],
    [
      'with another SELinux label than the policy has for it',
      {},
      { ...folder, label: LABEL },
      {},
      NOW,
      relabel('label tmp_t → httpd_sys_content_t'),
    ],
    [
      'with the label of the policy',
      {},
      { ...folder, label: { context: LABEL.expected } },
      {},
      NOW,
      { status: 'ok' },
    ],
    [
      'with another type than its context',
      { context: 'public_content_t' },
      { ...folder, label: { context: LABEL.expected } },
      KNOWN,
      NOW,
      relabel('label httpd_sys_content_t → public_content_t', 'public_content_t'),
    ],
    [
      'with the type of its context, which is not the one of the policy',
      { context: 'tmp_t' },
      { ...folder, label: LABEL },
      KNOWN,
      NOW,
      { status: 'ok' },
    ],
    [
      'with another level than its context',
      { context: 'u:object_r:tmp_t:s0:c1,c2' },
      { ...folder, label: LABEL },
      KNOWN,
      NOW,
      relabel('label u:object_r:tmp_t:s0 → u:object_r:tmp_t:s0:c1,c2', 'u:object_r:tmp_t:s0:c1,c2'),
    ],
    [
      'with the label of before a rule that comes',
      {},
      { ...folder, label: { context: 'u:object_r:var_t:s0' } },
      {},
      effects({ label: { [PATH]: { ...RULE, type: 'httpd_sys_content_t', restored: false } } }),
      relabel('label var_t → httpd_sys_content_t, once selinuxContext /srv/www has set it'),
    ],
    [
      'with a wrong label, which a rule that comes with relabelling mends',
      {},
      { ...folder, label: LABEL },
      {},
      effects({ label: { [PATH]: { ...RULE, type: 'httpd_sys_content_t', restored: true } } }),
      { status: 'ok' },
    ],
    [
      'absent, with a context',
      { context: 'tmp_t' },
      { exists: false },
      KNOWN,
      NOW,
      created('create, 0755 root:root', ...AS_ROOT, 'tmp_t'),
    ],
    [
      'absent, with a context that the policy does not have',
      { context: 'no_such_t' },
      { exists: false },
      { probes: [['/sys/fs/selinux/context', { code: 3 }]] },
      NOW,
      blocked(
        'the SELinux policy has no context no_such_t',
        'Check the name, or put the step that brings it (selinuxModule, a package) before this one.',
      ),
    ],
    ['a file', {}, standingFile(''), {}, NOW, blocked('/srv/www is not a directory', ADVICE)],
    [
      'a symlink',
      {},
      { ...folder, type: 'symlink', target: '/var/www' },
      {},
      NOW,
      blocked('/srv/www is a symlink to /var/www', ADVICE),
    ],
    [
      'absent with its parent',
      {},
      { exists: false },
      { files: { '/srv': { exists: false } } },
      NOW,
      blocked('/srv does not exist', "Put directory({ path: '/srv' }) before this step."),
    ],
    [
      'absent with its parent, which comes',
      {},
      { exists: false },
      { files: { '/srv': { exists: false } } },
      effects({ appears: { '/srv': { step: 'directory /srv', certain: true } } }),
      created('create, 0755 root:root', ...AS_ROOT),
    ],
    [
      'absent, and its owner too',
      { owner: 'nginx' },
      { exists: false },
      { probes: [['getent passwd nginx', { code: 2 }]] },
      NOW,
      blocked('there is no user nginx', 'Put a step that brings the user nginx before this one.'),
    ],
    [
      'there, but its owner is not yet',
      { owner: 'nginx' },
      folder,
      { probes: [['getent passwd nginx', { code: 2 }]] },
      LATER,
      {
        status: 'change',
        changes: [
          {
            aspect: 'owner',
            summary: 'owner root → nginx',
            actions: [set({ owner: 'nginx', mode: '0755' })],
          },
        ],
        note: 'the user nginx is not there yet',
      },
    ],
    [
      'absent, and a package brings it',
      {},
      { exists: false },
      {},
      effects({ appears: { [PATH]: { step: 'yumPackage nginx', certain: true } } }),
      created('set on what yumPackage nginx brings, 0755 root:root', ...AS_ROOT),
    ],
  ])('%s', async (_what, spec, there, script, when, expected) => {
    expect((await look({ path: PATH, ...spec }, there, script)).diff(when)).toEqual(expected);
  });

  it.each<[FileState, object]>([
    [{ exists: false }, { appears: [PATH] }],
    [{ ...folder, mode: '0700' }, { touches: [PATH] }],
    [folder, {}],
  ])('effects from %j: %j', async (there, expected) => {
    const seen = await look({ path: PATH }, there, {});
    expect(seen.effects(seen.diff(NOW))).toEqual(expected);
  });

  it('manages its path', () => {
    expect(directory({ path: PATH })).toMatchObject({
      label: 'directory /srv/www',
      manages: ['file:/srv/www'],
    });
  });

  it.each<[spec: unknown, message: string]>([
    [{ path: 'srv' }, 'directory: path: expected an absolute path without a slash at its end'],
    [{ path: PATH, mode: 755 }, "directory: mode: expected four octal digits in quotes, such as '0644'"],
    [
      { path: PATH, context: 'httpd' },
      'directory: context: expected an SELinux type such as `httpd_sys_content_t`',
    ],
    [{ path: PATH, state: 'present' }, 'directory: unknown field `state`'],
  ])('refuses %j', (spec, message) => {
    expect(() => (directory as (spec: unknown) => Step)(spec)).toThrow(message);
  });
});
