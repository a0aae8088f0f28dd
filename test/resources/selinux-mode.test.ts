import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { FileState, Finding, PredictedEffects, Reader } from '../../src/model/index.ts';
import { selinuxMode } from '../../src/resources/selinux-mode.ts';
import { effects, standingFile } from '../scripted-host.ts';
import { policyHost } from './selinux/policy-host.ts';

type Spec = Parameters<typeof selinuxMode>[0];

interface Seen {
  readonly running: 'enforcing' | 'permissive' | 'disabled';
  /** The content of /etc/selinux/config, or its SELINUX= alone; undefined: no such file. */
  readonly saved: string | undefined;
  readonly words?: string;
  readonly policy?: boolean;
  readonly relabels?: boolean;
  readonly setenforce?: boolean;
}

const config = (saved: string) =>
  saved.includes('\n') ? saved : `# comment\nSELINUX=${saved}\nSELINUXTYPE=targeted\n`;

/** A host whose look is made by a real sh. */
function hostWith(seen: Seen, shell: 'bash' | 'dash' = 'bash'): Reader {
  const files: Record<string, string> = {
    '/sys/fs/selinux/enforce': seen.running === 'enforcing' ? '1' : '0',
    '/etc/selinux/config': config(seen.saved ?? ''),
    '/proc/cmdline': `BOOT_IMAGE=/vmlinuz ${seen.words ?? ''} quiet`,
    ...(seen.policy === false ? {} : { '/etc/selinux/targeted/policy/policy.33': '' }),
    ...(seen.relabels ? { '/.autorelabel': '' } : {}),
  };
  const host = policyHost(files, shell);
  if (seen.running === 'disabled') rmSync(join(host.root, 'sys'), { recursive: true });
  if (seen.saved === undefined) rmSync(join(host.root, '/etc/selinux/config'));
  if (seen.setenforce !== false) host.tool('setenforce', 'exit 1');
  const state: FileState =
    seen.saved === undefined
      ? { exists: false }
      : standingFile(config(seen.saved), { mode: '0640', group: 'ops' });
  return { ...host.reader, file: async () => state };
}

async function find(spec: Spec, host: Reader, before: PredictedEffects = effects()): Promise<Finding> {
  return (await (await selinuxMode(spec).prepare({ root: '/' })).look(host)).diff(before);
}

function shown(finding: Finding): unknown {
  if (finding.status !== 'change') return finding;
  const { changes, note } = finding;
  return [...changes.map(({ summary }) => summary), ...(note === undefined ? [] : [note])];
}

const OK = { status: 'ok' };
const RELABEL = 'relabel all files at the next boot (/.autorelabel)';
const WAITS = 'SELinux is disabled until the host is rebooted, which relabels all files';

describe.each(['bash', 'dash'] as const)('by the look of %s', (shell) => {
  it.each<[string, Spec['mode'], Seen, unknown]>([
    ['nothing to do', 'enforcing', { running: 'enforcing', saved: 'enforcing' }, OK],
    ['nothing to do', 'permissive', { running: 'permissive', saved: 'Permissive' }, OK],
    ['nothing to do', 'disabled', { running: 'disabled', saved: 'disabled' }, OK],
    ['nothing to do without any SELinux', 'disabled', { running: 'disabled', saved: undefined }, OK],
    [
      'both differ',
      'enforcing',
      { running: 'permissive', saved: 'permissive' },
      ['running permissive → enforcing', 'saved permissive → enforcing'],
    ],
    [
      'set for now only',
      'enforcing',
      { running: 'enforcing', saved: 'permissive' },
      ['saved permissive → enforcing'],
    ],
    [
      'saved only',
      'permissive',
      { running: 'enforcing', saved: 'permissive' },
      ['running enforcing → permissive'],
    ],
    [
      'from disabled',
      'permissive',
      { running: 'disabled', saved: 'disabled' },
      ['saved disabled → permissive', RELABEL, `afterwards ${WAITS}`],
    ],
    [
      'from disabled, saved by hand',
      'permissive',
      { running: 'disabled', saved: 'permissive' },
      [RELABEL, `afterwards ${WAITS}`],
    ],
    [
      'waiting for the reboot: no change again and again',
      'permissive',
      { running: 'disabled', saved: 'permissive', relabels: true },
      { status: 'skipped', reason: `permissive is saved, but ${WAITS}. Reboot it, and allow many minutes.` },
    ],
    [
      'to disabled',
      'disabled',
      { running: 'enforcing', saved: 'enforcing' },
      ['saved enforcing → disabled', 'afterwards the host is enforcing until it is rebooted'],
    ],
    [
      'disabled by the kernel’s command line',
      'enforcing',
      { running: 'disabled', saved: 'enforcing', relabels: true, words: 'selinux=0' },
      {
        status: 'skipped',
        reason:
          "enforcing is saved, but `selinux=0` on the kernel's command line overrides it at each boot. Remove the word with `grubby --update-kernel=ALL --remove-args=selinux=0`, and reboot.",
      },
    ],
    [
      'enforcing now, but not after the next boot',
      'enforcing',
      { running: 'enforcing', saved: 'enforcing', words: 'enforcing=1 enforcing=0' },
      { status: 'skipped', reason: expect.stringContaining('`enforcing=0` on the kernel') },
    ],
    [
      'words that say the same',
      'enforcing',
      { running: 'enforcing', saved: 'enforcing', words: 'selinux=1 enforcing=1' },
      OK,
    ],
  ])('%s: %s', async (_, mode, seen, expected) => {
    expect(shown(await find({ mode }, hostWith(seen, shell)))).toEqual(expected);
  });
});

test('a required mode that does not take effect is blocked', async () => {
  const seen: Seen = { running: 'disabled', saved: 'permissive', relabels: true };
  expect(await find({ mode: 'permissive', required: true }, hostWith(seen))).toEqual({
    status: 'blocked',
    reason: `permissive is saved, but ${WAITS}`,
    advice: 'Reboot it, and allow many minutes.',
  });
});

describe('blocked', () => {
  const bare: Seen = { running: 'disabled', saved: undefined, policy: false };

  it('without a policy: the host would not boot', async () => {
    expect(await find({ mode: 'enforcing' }, hostWith(bare))).toMatchObject({
      status: 'blocked',
      reason: 'the host has no SELinux policy (/etc/selinux/targeted): it would not boot',
    });
    const yum = { step: 'yumPackage selinux-policy-targeted', certain: true };
    const before = effects({ below: { '/etc/selinux/targeted': yum } });
    expect(await find({ mode: 'enforcing' }, hostWith(bare), before)).toMatchObject({
      status: 'unknown',
      until: yum.step,
    });
  });

  it('where the configuration is no file', async () => {
    const link: FileState = {
      exists: true,
      type: 'symlink',
      mode: '0777',
      owner: 'root',
      group: 'root',
      size: 1,
      target: 'x',
    };
    const host = { ...hostWith({ running: 'enforcing', saved: 'enforcing' }), file: async () => link };
    expect(await find({ mode: 'enforcing' }, host)).toMatchObject({ status: 'blocked' });
  });

  it('without setenforce, where it is needed', async () => {
    const seen: Seen = { running: 'permissive', saved: 'enforcing', setenforce: false };
    expect(await find({ mode: 'enforcing' }, hostWith(seen))).toMatchObject({
      status: 'blocked',
      reason: 'setenforce is missing on the host',
    });
  });
});

describe('what it does', () => {
  async function actions(mode: Spec['mode'], seen: Seen) {
    const finding = await find({ mode }, hostWith(seen));
    return finding.status === 'change' ? finding.changes.flatMap((change) => change.actions) : [];
  }

  it('goes back to permissive where enforcing locks us out, and saves it only then', async () => {
    const [first, second] = await actions('enforcing', { running: 'permissive', saved: 'permissive' });
    expect(first).toEqual({ exec: ['setenforce', '1'], undo: ['setenforce', '0'] });
    expect(second).toHaveProperty('write');
  });

  it.each<[string, string, string]>([
    [
      '# SELINUX= can be\nSELINUX=enforcing\nSELINUXTYPE=targeted\n',
      'the line',
      '# SELINUX= can be\nSELINUX=permissive\nSELINUXTYPE=targeted\n',
    ],
    ['SELINUX=enforcing\n# x\nSELINUX=disabled', 'each line', 'SELINUX=permissive\n# x\nSELINUX=permissive'],
    ['SELINUXTYPE=targeted\n# no end', 'a line more', 'SELINUXTYPE=targeted\n# no end\nSELINUX=permissive\n'],
  ])('writes the file as it was but for the mode: %j, %s', async (before, _, after) => {
    const [write] = await actions('permissive', { running: 'permissive', saved: before });
    expect(write).toEqual({
      write: {
        path: '/etc/selinux/config',
        content: Buffer.from(after),
        mode: '0640',
        owner: 'root',
        group: 'ops',
      },
    });
  });

  it('effects the file', async () => {
    const seen = await (await selinuxMode({ mode: 'disabled' }).prepare({ root: '/' })).look(
      hostWith({ running: 'enforcing', saved: 'enforcing' }),
    );
    expect(seen.effects(seen.diff(effects()))).toEqual({ changes: ['/etc/selinux/config'] });
    expect(seen.effects(OK as Finding)).toEqual({});
  });
});

test('an answer that was cut off, or none, is no mode', async () => {
  const cut = { ...hostWith({ running: 'enforcing', saved: 'enforcing' }) };
  const probe: Reader['probe'] = async () => ({
    code: 0,
    stdout: 'enforcing\n',
    stderr: '',
    bytes: Buffer.from(''),
  });
  await expect(find({ mode: 'enforcing' }, { ...cut, probe })).rejects.toThrow('incomplete output');
  const { reader } = policyHost({ '/sys/fs/selinux/enforce': '', '/proc/cmdline': 'x' });
  await expect(find({ mode: 'enforcing' }, { ...reader, file: cut.file })).rejects.toThrow('exit 1');
});

test('it is one of a host, and owns the file', () => {
  expect(selinuxMode({ mode: 'enforcing' }).manages).toEqual(['selinuxMode', 'file:/etc/selinux/config']);
  expect(() => selinuxMode({ mode: 'on' as 'enforcing' })).toThrow('mode');
});
