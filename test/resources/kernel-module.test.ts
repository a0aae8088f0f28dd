import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FileState, InputError, type PredictedEffects } from '../../src/model/index.ts';
import { kernelModule } from '../../src/resources/kernel-module.ts';
import { effects, scriptedHost, standingFile } from '../scripted-host.ts';

const FILE = '/etc/modules-load.d/ip_vs.conf';
const WRITTEN = standingFile('# trueup writes this file as a whole; see modules-load.d(5).\nip_vs\n');
const FOLDER: FileState = {
  exists: true,
  type: 'directory',
  mode: '0755',
  owner: 'root',
  group: 'root',
  size: 0,
};
const yum = { step: 'yumPackage kernel-modules', certain: false };

async function look(says: string, file: FileState) {
  const host = scriptedHost({
    files: { [FILE]: file, '/etc/modules-load.d': FOLDER },
    probes: [['/proc/modules', { stdout: `6.1.0\n${says}\n` }]],
  });
  return (await kernelModule({ name: 'ip-vs' }).prepare({ root: '/' })).look(host);
}

async function find(says: string, file: FileState = WRITTEN, before: PredictedEffects = effects()) {
  const finding = (await look(says, file)).diff(before);
  if (finding.status !== 'change') return finding;
  return finding.changes.map(({ aspect, summary }) => `${aspect} | ${summary}`);
}

test.each(['loaded', 'built in'])('nothing to do: %s, and a file that says so', async (says) => {
  expect(await find(says)).toEqual({ status: 'ok' });
});

test('what is built in needs no file', async () => {
  expect(await find('built in', { exists: false })).toEqual({ status: 'ok' });
});

const CREATE = `file | ${FILE}, for each boot: create, 0644 root:root, 2 lines`;

test.each<[string, string, FileState, string[]]>([
  ['neither loaded nor at boot', 'loadable', { exists: false }, ['loaded | load it', CREATE]],
  ['not loaded', 'loadable', WRITTEN, ['loaded | load it']],
  ['not at boot', 'loaded', { exists: false }, [CREATE]],
  [
    'another file',
    'loaded',
    standingFile('ip_vs_rr\n'),
    [`content | ${FILE}, for each boot: content (+2 −1)`],
  ],
])('%s', async (_, says, file, expected) => {
  expect(await find(says, file)).toEqual(expected);
});

test('loading is done by modprobe', async () => {
  const finding = (await look('loadable', WRITTEN)).diff(effects());
  expect(finding).toMatchObject({ changes: [{ actions: [{ exec: ['modprobe', 'ip_vs'] }] }] });
});

describe('blocked', () => {
  test('the kernel has no modules at all, as in a container', async () => {
    expect(await find('absent', { exists: false })).toEqual({
      status: 'blocked',
      reason: 'the running kernel, 6.1.0, has no module ip_vs: it has no /lib/modules/6.1.0 at all',
      advice: expect.stringContaining('reboot into it'),
    });
  });

  test('the kernel has others', async () => {
    expect(await find('absent, others are there')).toMatchObject({
      status: 'blocked',
      reason: 'the running kernel, 6.1.0, has no module ip_vs',
      advice: expect.stringContaining('kernel-modules'),
    });
  });

  test('a rule forbids to load it', async () => {
    expect(await find('install /bin/false')).toEqual({
      status: 'blocked',
      reason: '/etc/modprobe.d forbids the module ip_vs: it runs /bin/false instead',
      advice: expect.stringContaining('install ip_vs'),
    });
  });

  test('no modprobe', async () => {
    expect(await find('nobody can tell')).toMatchObject({
      status: 'blocked',
      reason: expect.stringContaining('modprobe'),
    });
  });
});

test.each<[string, string, Parameters<typeof effects>[0]]>([
  ['the module', 'absent, others are there', { below: { '/lib/modules': yum } }],
  ['the module, where EL keeps it', 'absent', { below: { '/usr/lib/modules': yum } }],
  ['modprobe', 'nobody can tell', { command: { modprobe: yum } }],
  ['another rule', 'install /bin/true', { below: { '/etc/modprobe.d': yum } }],
])('unknown while an earlier step may bring %s', async (_, says, pending) => {
  expect(await find(says, { exists: false }, effects(pending))).toMatchObject({
    status: 'unknown',
    until: yum.step,
  });
});

test.each(['ip_vs.ko', '', '../x', '-r'])('is no name: %j', (name) => {
  expect(() => kernelModule({ name })).toThrow(InputError);
});

describe('the look, by a real sh', () => {
  /** Asks this very machine, with another modprobe. */
  async function says(modprobe: string): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'modprobe-'));
    try {
      writeFileSync(join(folder, 'modprobe'), `#!/bin/sh\n${modprobe}\n`, { mode: 0o755 });
      const finding = (await prepared()).diff(effects());
      return finding.status === 'blocked' ? finding.reason : finding.status;

      async function prepared() {
        const step = await kernelModule({ name: 'trueup_test' }).prepare({ root: '/' });
        return step.look({
          file: async (path) => (path === '/etc/modules-load.d' ? FOLDER : { exists: false }),
          async probe([program = '', ...args]) {
            const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
            const { status, stdout, stderr } = spawnSync(program, args, { env });
            return {
              code: status ?? -1,
              stdout: stdout.toString(),
              stderr: stderr.toString(),
              bytes: stdout,
            };
          },
        });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test.each([
    ['echo insmod /lib/a.ko; echo insmod /lib/trueup_test.ko; exit 0', 'change'],
    ['echo builtin trueup_test', 'ok'],
    ['echo install /bin/true; echo insmod /lib/trueup_test.ko', 'change'],
    [
      'echo install /usr/bin/false',
      '/etc/modprobe.d forbids the module trueup_test: it runs /usr/bin/false instead',
    ],
    [
      'echo FATAL: Module trueup_test not found >&2; exit 1',
      expect.stringContaining('has no module trueup_test'),
    ],
  ])('modprobe: %s', async (modprobe, expected) => {
    expect(await says(modprobe)).toEqual(expected);
  });
});
