import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  blocked,
  type Change,
  type FileState,
  type Finding,
  Secret,
  type Step,
} from '../../src/model/index.ts';
import { file } from '../../src/resources/file.ts';
import { type AttributesToSet, setAttributes } from '../../src/resources/files/path-actions.ts';
import { projectFolder } from '../project-folder.ts';
import { effects, type Script, scriptedHost, standingFile } from '../scripted-host.ts';

const folder: FileState = {
  exists: true,
  type: 'directory',
  mode: '0755',
  owner: 'root',
  group: 'root',
  size: 40,
};
const ETC = { '/etc': folder };
const NOW = effects();
const LATER = { ...NOW, pending: 'yumPackage haproxy' };
const PATH = '/etc/x.conf';
const set = (more: Partial<AttributesToSet>) => setAttributes({ path: PATH, kind: 'file', ...more });

async function look(step: Step, script: Script) {
  const host = scriptedHost(script);
  const look = await (await step.prepare({ root: '/' })).look(host);
  return { ...look, asked: host.asked };
}

async function find(spec: Parameters<typeof file>[0], script: Script, when = NOW): Promise<Finding> {
  return (await look(file(spec), script)).diff(when);
}

const write = (content: string, more = {}) => ({
  write: { path: PATH, content: Buffer.from(content), mode: '0644', owner: 'root', group: 'root', ...more },
});
const change = (...changes: Change[]): Finding => ({ status: 'change', changes });

describe('file: what differs', () => {
  const spec = { path: PATH, content: 'a\nb\n' };
  it.each<[what: string, spec: Parameters<typeof file>[0], there: FileState, expected: Finding]>([
    ['nothing', spec, standingFile('a\nb\n'), { status: 'ok' }],
    ['nothing of an empty file', { path: PATH, content: '' }, standingFile(''), { status: 'ok' }],
    [
      'all of it',
      spec,
      { exists: false },
      change({
        aspect: 'file',
        summary: 'create, 0644 root:root, 2 lines',
        whole: true,
        after: 'a\nb\n',
        actions: [write('a\nb\n')],
      }),
    ],
    [
      'the content',
      spec,
      standingFile('a\nc\nd\n'),
      change({
        aspect: 'content',
        summary: 'content (+1 −2)',
        before: 'a\nc\nd\n',
        after: 'a\nb\n',
        actions: [write('a\nb\n')],
      }),
    ],
    [
      'the end of the last line',
      spec,
      standingFile('a\nb'),
      change({
        aspect: 'content',
        summary: 'content (+1 −1)',
        before: 'a\nb',
        after: 'a\nb\n',
        actions: [write('a\nb\n')],
      }),
    ],
    [
      'content and mode, with one write',
      spec,
      standingFile('a\n', { mode: '0600' }),
      change(
        {
          aspect: 'content',
          summary: 'content (+1 −0)',
          before: 'a\n',
          after: 'a\nb\n',
          actions: [write('a\nb\n')],
        },
        { aspect: 'mode', summary: 'mode 0600 → 0644', actions: [] },
      ),
    ],
    [
      'the mode',
      spec,
      standingFile('a\nb\n', { mode: '0600' }),
      change({ aspect: 'mode', summary: 'mode 0600 → 0644', actions: [set({ mode: '0644' })] }),
    ],
    [
      'owner and group',
      spec,
      standingFile('a\nb\n', { owner: 'joe', group: 'users' }),
      change(
        {
          aspect: 'owner',
          summary: 'owner joe → root',
          actions: [set({ owner: 'root', group: 'root', mode: '0644' })],
        },
        { aspect: 'group', summary: 'group users → root', actions: [] },
      ),
    ],
    [
      'the owner of what has setuid, which a new owner takes away',
      { ...spec, mode: '4755' },
      standingFile('a\nb\n', { mode: '4755', owner: 'joe' }),
      change({
        aspect: 'owner',
        summary: 'owner joe → root',
        actions: [set({ owner: 'root', mode: '4755' })],
      }),
    ],
    [
      'a symlink in its place',
      spec,
      { ...folder, type: 'symlink', target: '/tmp/evil' },
      change({
        aspect: 'type',
        summary: 'replaces the symlink to /tmp/evil, 2 lines',
        whole: true,
        after: 'a\nb\n',
        actions: [write('a\nb\n')],
      }),
    ],
    [
      'binary content',
      spec,
      standingFile('a\0b'),
      change({ aspect: 'content', summary: 'content (3 B → 4 B)', actions: [write('a\nb\n')] }),
    ],
    [
      'content that is no UTF-8',
      spec,
      standingFile('x', { content: Buffer.from([0xe9]) }),
      change({ aspect: 'content', summary: 'content (1 B → 4 B)', actions: [write('a\nb\n')] }),
    ],
    [
      'content too long to have been brought',
      spec,
      { ...folder, type: 'file', mode: '0644', size: 3 * 1024 * 1024, sha256: 'other' },
      change({ aspect: 'content', summary: 'content (3.0 MiB → 4 B)', actions: [write('a\nb\n')] }),
    ],
    [
      'a directory in its place',
      spec,
      folder,
      blocked(`${PATH} is a directory`, 'Nothing is removed to make way for a file: do it by hand.'),
    ],
    [
      'a socket in its place',
      spec,
      { ...folder, type: 'other' },
      blocked(
        `${PATH} is neither a file nor a symlink`,
        'Nothing is removed to make way for a file: do it by hand.',
      ),
    ],
  ])('%s', async (_what, given, there, expected) => {
    expect(await find(given, { files: { ...ETC, [PATH]: there } })).toEqual(expected);
  });

  it('asks for all in one round', async () => {
    const { asked } = await look(file({ ...spec, owner: 'joe', group: 'users' }), {
      files: { ...ETC, [PATH]: standingFile('a\nb\n') },
      probes: [['getent', {}]],
    });
    expect(asked).toEqual([`file ${PATH}`, 'file /etc', 'getent passwd joe', 'getent group users']);
  });

  it('gives up on comparing long texts that have nothing in common', async () => {
    const lines = (word: string) =>
      Array.from({ length: 20_000 }, (_, line) => `${word}${line * 7}\n`).join('');
    const finding = await find(
      { path: PATH, content: lines('a') },
      { files: { ...ETC, [PATH]: standingFile(lines('b')) } },
    );
    expect(finding).toMatchObject({
      changes: [{ summary: expect.stringMatching(/^content \(.* KiB → .* KiB\)$/) }],
    });
  });
});

describe('file: what has to be there before', () => {
  const spec = { path: '/etc/new/x', content: '' };
  const created = 'create, 0644 root:root, 0 lines';
  const advice = "Put directory({ path: '/etc/new' }) before this step.";
  const user = 'Put a step that brings the user joe before this one.';
  it.each<
    [what: string, spec: object, script: Script, when: typeof NOW, expected: Partial<Finding> | Finding]
  >([
    ['no folder', {}, {}, NOW, blocked('/etc/new does not exist', advice)],
    [
      'no folder, but something is pending',
      {},
      {},
      LATER,
      { status: 'change', note: '/etc/new is not there yet' },
    ],
    [
      'a folder that a step before makes',
      {},
      {},
      effects({ appears: { '/etc/new': { step: 'directory /etc/new', certain: true } } }),
      { status: 'change' },
    ],
    [
      'a folder that may come',
      {},
      {},
      effects({ appears: { '/etc/new': { step: 'yumPackage x', certain: false } } }),
      { status: 'change', note: '/etc/new is not there yet' },
    ],
    [
      'a file as folder',
      {},
      { files: { '/etc/new': standingFile('') } },
      LATER,
      blocked('/etc/new is not a directory'),
    ],
    [
      'a symlink as folder',
      {},
      { files: { '/etc/new': { ...folder, type: 'symlink', target: 'old' } } },
      NOW,
      { status: 'change' },
    ],
    [
      'no user',
      { owner: 'joe' },
      { files: { '/etc/new': folder }, probes: [['passwd joe', { code: 2 }]] },
      NOW,
      blocked('there is no user joe', user),
    ],
    [
      'no user yet',
      { owner: 'joe' },
      { files: { '/etc/new': folder }, probes: [['passwd joe', { code: 2 }]] },
      LATER,
      { status: 'change', note: 'the user joe is not there yet' },
    ],
    [
      'no group and no folder yet',
      { group: 'ops' },
      { probes: [['group ops', { code: 2 }]] },
      LATER,
      { status: 'change', note: '/etc/new is not there yet; the group ops is not there yet' },
    ],
    [
      'a user',
      { owner: 'joe' },
      { files: { '/etc/new': folder }, probes: [['passwd joe', {}]] },
      NOW,
      { status: 'change' },
    ],
  ])('%s', async (_what, more, script, when, expected) => {
    const { changes, ...finding } = {
      changes: undefined,
      ...(await find({ ...spec, ...more }, script, when)),
    };
    expect(finding).toEqual(expected);
    if (finding.status === 'change') {
      expect(changes).toMatchObject([{ summary: expect.stringMatching(/^create, 0644 \w+:\w+, 0 lines$/) }]);
    }
  });

  it('says whose file it will replace', async () => {
    const when = effects({ appears: { [PATH]: { step: 'yumPackage haproxy', certain: true } } });
    expect(await find({ path: PATH, content: 'a\n' }, { files: ETC }, when)).toEqual(
      change({
        aspect: 'content',
        summary: 'content (replaces what yumPackage haproxy brings), 0644 root:root, 1 line',
        whole: true,
        after: 'a\n',
        actions: [write('a\n')],
      }),
    );
  });

  it('does not say so of what may come or not', async () => {
    const when = effects({ appears: { '/etc/new/x': { step: 'yumPackage x', certain: false } } });
    const finding = await find(spec, { files: { '/etc/new': folder } }, when);
    expect(finding).toMatchObject({ changes: [{ aspect: 'file', summary: created }] });
  });

  it('takes no answer about a user for no', async () => {
    const script = { files: ETC, probes: [['getent', { code: 127 }]] } satisfies Script;
    await expect(find({ path: PATH, content: '', owner: 'joe' }, script)).rejects.toMatchObject({
      missing: 'getent',
    });
  });
});

describe('file: the validator', () => {
  const spec = {
    path: PATH,
    content: 'new\n',
    validate: ['check', '-f', '%s'] satisfies [string, ...string[]],
  };
  const old = standingFile('old\n');
  const said = (stdout: string): Script => ({
    files: { ...ETC, [PATH]: old },
    probes: [['/run/trueup', { stdout }]],
  });
  const NO = '1 /run/trueup/validate.abc/x.conf\n\n[ALERT] /run/trueup/validate.abc/x.conf:2: bad\n';
  const refusal = `check -f ${PATH} says no (exit 1)\n[ALERT] ${PATH}:2: bad`;
  it.each<[what: string, script: Script, when: typeof NOW, expected: unknown]>([
    [
      'says yes',
      said('0 /run/trueup/validate.abc/x.conf\nfine\n'),
      NOW,
      { status: 'change', changes: [{ actions: [write('new\n', { validate: spec.validate })] }] },
    ],
    ['says no', said(NO), NOW, { status: 'blocked', reason: refusal }],
    [
      'says no while something is pending',
      said(NO),
      LATER,
      { status: 'change', note: `${refusal}\nIt is asked again when the file lands` },
    ],
    [
      'is not there',
      said('missing\n'),
      NOW,
      {
        status: 'blocked',
        reason: 'there is no check to validate it',
        advice: 'Put the step that brings check before this one.',
      },
    ],
    [
      'is not there yet',
      said('missing\n'),
      LATER,
      { status: 'change', note: 'check is not there yet: validated when it lands' },
    ],
    [
      'is not asked about what is there already',
      { files: { ...ETC, [PATH]: standingFile('new\n') } },
      NOW,
      { status: 'ok' },
    ],
  ])('%s', async (_what, script, when, expected) => {
    expect(await find(spec, script, when)).toMatchObject(expected as object);
  });

  it.each([
    ['137 /run/trueup/validate.abc/x.conf\n', 'check -f %s: killed by signal 9'],
    ['126 /run/trueup/validate.abc/x.conf\n', 'check -f %s: could not be run (exit 126)'],
    ['', 'check -f %s: no answer that can be read'],
  ])('gave no answer: %j', async (stdout, message) => {
    await expect(find(spec, said(stdout))).rejects.toThrow(message);
  });

  it('shows the last lines of what it says', async () => {
    const lines = Array.from({ length: 30 }, (_, line) => `line ${line}\n\n`).join('');
    const finding = await find(spec, said(`1 /run/trueup/validate.abc/x.conf\n${lines}`));
    const reason = finding.status === 'blocked' ? finding.reason.split('\n') : [];
    expect([reason.length, reason[1], reason.at(-1)]).toEqual([11, 'line 20', 'line 29']);
  });
});

describe('file: secrets', () => {
  const secret = new Secret('S', 'p4ss-of-file-test');
  const there = (content: string) => ({ files: { ...ETC, [PATH]: standingFile(content) } });
  it('shows nothing of a file that is one', async () => {
    expect(await find({ path: PATH, content: secret }, there('old p4ss\n'))).toEqual(
      change({ aspect: 'content', summary: 'content (9 B → 17 B)', actions: [write('p4ss-of-file-test')] }),
    );
    const created = await find({ path: PATH, content: secret }, { files: ETC });
    expect(created).toMatchObject({ changes: [{ summary: 'create, 0644 root:root, 1 line' }] });
    expect(created).not.toHaveProperty('changes.0.after');
  });

  it('shows no line that goes from a file with one, as the old secret may be in it', async () => {
    const content = `a\npass ${secret.reveal()}\nb\n`;
    const finding = await find({ path: PATH, content }, there('a\npass 0ld-secret\nb\n'));
    expect(finding).toMatchObject({
      changes: [
        {
          summary: 'content (+1 −1)',
          before: 'a\n[not shown: this file holds a secret]\nb\n',
          after: content,
        },
      ],
    });
  });
});

describe('file: its effects', () => {
  it.each<[what: string, there: FileState, effects: object]>([
    ['appearing', { exists: false }, { appears: [PATH], changes: [PATH] }],
    ['another content', standingFile('old'), { changes: [PATH] }],
    ['no more symlink', { ...folder, type: 'symlink', target: '/x' }, { changes: [PATH] }],
    ['another mode', standingFile('a', { mode: '0600' }), { touches: [PATH] }],
    ['a directory in the way', folder, {}],
  ])('%s', async (_what, there, expected) => {
    const seen = await look(file({ path: PATH, content: 'a' }), { files: { ...ETC, [PATH]: there } });
    expect(seen.effects(seen.diff(NOW))).toEqual(expected);
  });
});

describe('file: its spec', () => {
  const fine = { path: '/etc/x', content: 'x' };
  const make = file as (spec: unknown) => Step;
  it('manages its path, and passes on what to do when it lands', async () => {
    expect(file(fine)).toMatchObject({ label: 'file /etc/x', manages: ['file:/etc/x'] });
    const validate = ['check', '%s'] satisfies [string, ...string[]];
    const finding = await find(
      { ...fine, path: PATH, validate, backup: true },
      {
        files: ETC,
        probes: [['/run/trueup', { stdout: '0 /run/x' }]],
      },
    );
    expect(finding).toMatchObject({ changes: [{ actions: [write('x', { validate, backup: true })] }] });
  });

  it('reads its source from the project', async () => {
    const root = projectFolder({ 'files/motd': 'hello\n' });
    writeFileSync(join(root, 'files/logo'), Buffer.from([0xff, 0x00, 0x01]));
    mkdirSync(join(root, 'files/folder'));
    const finding = async (source: string) => {
      const step = await file({ path: PATH, source }).prepare({ root });
      return (await step.look(scriptedHost({ files: ETC }))).diff(NOW);
    };
    expect(await finding('files/motd')).toMatchObject({
      changes: [{ after: 'hello\n', actions: [write('hello\n')] }],
    });
    const logo = await finding('files/logo');
    expect(logo).toMatchObject({ changes: [{ summary: 'create, 0644 root:root, 3 B' }] });
    expect(logo).not.toHaveProperty('changes.0.after');
    await expect(finding('files/mtod')).rejects.toThrow(
      /file\.test\.ts:\d+:\d+: there is no file \S+\/files\/mtod: did you mean `motd`\?$/,
    );
    await expect(finding('files/folder')).rejects.toThrow('/files/folder is a folder, not a file');
  });

  it.each<[spec: unknown, message: string]>([
    [undefined, 'expected object, received undefined'],
    [{ path: '/etc/x' }, 'expected either `content` or `source`'],
    [{ ...fine, source: 'x' }, 'expected either `content` or `source`'],
    [{ ...fine, content: 5 }, 'content: expected a text or a secret'],
    [
      { ...fine, content: `pass ${new Secret('S', 'x')}` },
      'content: a secret was put into a text, where it prints as [secret]: use a template, or reveal()',
    ],
    [{ ...fine, path: 'etc/x' }, 'path: expected an absolute path without a slash at its end'],
    [{ ...fine, path: '/etc/x/' }, 'path: expected an absolute path without a slash at its end'],
    [{ ...fine, path: '/' }, 'path: expected an absolute path without a slash at its end'],
    [{ ...fine, path: '/etc//x' }, 'path: expected an absolute path without a slash at its end'],
    [{ ...fine, path: '/etc/a\nb' }, 'path: expected an absolute path without a slash at its end'],
    [{ ...fine, path: '/etc/../x' }, 'path: expected a path without `.` and `..`'],
    [
      { ...fine, mode: 0o644 },
      "mode: expected four octal digits in quotes, such as '0644': a bare number would be another one",
    ],
    [{ ...fine, mode: '644' }, "mode: expected four octal digits in quotes, such as '0644'"],
    [{ ...fine, mode: '0888' }, "mode: expected four octal digits in quotes, such as '0644'"],
    [{ ...fine, owner: 'a b' }, 'owner: expected a name, as in passwd(5) or group(5)'],
    [{ ...fine, group: '0' }, 'group: expected a name, as in passwd(5) or group(5)'],
    [
      { ...fine, validate: 'visudo -cf %s' },
      "validate: expected the words of a command, such as ['visudo', '-cf', '%s']",
    ],
    [{ ...fine, validate: ['visudo'] }, 'validate: expected %s where the path of the file belongs'],
    [{ ...fine, validate: [] }, 'validate.0: expected string, received undefined'],
    [{ ...fine, contents: 'x' }, 'unknown field `contents`: did you mean `content`?'],
  ])('refuses %j', (spec, message) => {
    expect(() => make(spec)).toThrow(/^\S+file\.test\.ts:\d+:\d+: file: /);
    expect(() => make(spec)).toThrow(message);
  });
});

describe('sensitive', () => {
  const spec = { path: PATH, content: 'new text\n', sensitive: true };
  const HIDDEN = { actions: [write('new text\n', { sensitive: true })] };
  it.each<[string, FileState, object]>([
    ['a new file', { exists: false }, { summary: 'create, 0644 root:root, 9 B, not shown: sensitive' }],
    [
      'another content',
      standingFile('the old text\n'),
      { summary: 'content (13 B → 9 B, not shown: sensitive)' },
    ],
    [
      'a symlink in its place',
      { ...folder, type: 'symlink', target: '/x' },
      { summary: 'replaces the symlink to /x, 9 B, not shown: sensitive' },
    ],
  ])('shows sizes, and no content: %s', async (_, there, change) => {
    const found = await find(spec, { files: { ...ETC, [PATH]: there } });
    expect(found).toMatchObject({ status: 'change', changes: [{ ...HIDDEN, ...change }] });
    expect(JSON.stringify(found, ['changes', 'before', 'after', 'summary'])).not.toContain('text');
  });

  it('does not bring the old content from the host', async () => {
    const host = scriptedHost({ files: { ...ETC, [PATH]: standingFile('the old text\n') } });
    const asked: unknown[] = [];
    const reader = {
      ...host,
      file: (path: string, options = {}) => {
        asked.push(options);
        return host.file(path, options);
      },
    };
    await (await file(spec).prepare({ root: '/' })).look(reader);
    expect(asked).toEqual([{}, { toEnter: true }]);
  });

  it('does not show what a validator says', async () => {
    const validate: [string, ...string[]] = ['check', '%s'];
    const said = '1 /run/trueup/validate.abc/x.conf\nbad: new text\n';
    const script = {
      files: { ...ETC, [PATH]: standingFile('old\n') },
      probes: [['check', { stdout: said }]],
    } as const;
    expect(await find({ ...spec, validate }, script)).toMatchObject({
      status: 'blocked',
      reason: `check ${PATH} says no (exit 1)\nIts output is not shown: the content is sensitive.`,
    });
  });
});
