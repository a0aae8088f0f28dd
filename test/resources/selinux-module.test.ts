import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { Command, Finding, PredictedEffects } from '../../src/model/index.ts';
import { selinuxModule } from '../../src/resources/selinux-module.ts';
import { effects, scriptedHost } from '../scripted-host.ts';
import { type PolicyHost, policyHost, STORE } from './selinux/policy-host.ts';

type Spec = Parameters<typeof selinuxModule>[0];

const CIL = '(boolean web_bool false)\n';
const TE = '# comment\nmodule web 1.0;\nrequire { type http_port_t; }\n';
const RECORD = '/var/lib/trueup/selinux-modules/web';
const MODULE = `${STORE}/modules/400/web`;
const OK = { status: 'ok' };

/** The first bytes of what checkmodule and semodule_package made of `module web 1.0;`. */
const PP = Buffer.concat([
  Buffer.from('8fff7cf9010000000100000010000000', 'hex'),
  Buffer.from('8dff7cf90f000000', 'hex'),
  Buffer.from('SE Linux Module'),
  Buffer.from('0200000015000000010000000800000000000000', 'hex'),
  Buffer.from('03000000', 'hex'),
  Buffer.from('web'),
  Buffer.from('03000000', 'hex'),
  Buffer.from('1.0@'),
]);

let project: string;
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'trueup-policy-'));
  const files = {
    'web.cil': CIL,
    'web.te': TE,
    'web.pp': PP,
    'macro.te': 'policy_module(web, 1.0)\n',
    'none.te': '\n',
    'none.pp': 'no package',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(project, name), content);
});
afterAll(() => rmSync(project, { recursive: true }));

const sum = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
const record = (source: string | Buffer, installed: string) => ({
  [RECORD]: `${sum(source)} ${sum(installed)}\n`,
});

async function look(spec: Spec, host: PolicyHost, tools = ['semodule', 'checkmodule', 'semodule_package']) {
  for (const tool of tools) host.tool(tool, 'exit 1');
  return (await selinuxModule(spec).prepare({ root: project })).look(host.reader);
}

async function find(spec: Spec, host: PolicyHost, before: PredictedEffects = effects()): Promise<Finding> {
  return (await look(spec, host)).diff(before);
}

function shown(finding: Finding): unknown {
  return finding.status === 'change'
    ? finding.changes.map(({ aspect, summary }) => `${aspect} | ${summary}`)
    : finding;
}

const WEB: Spec = { name: 'web', source: 'web.cil' };
const GONE: Spec = { name: 'web', state: 'absent' };

describe.each(['bash', 'dash'] as const)('the look by %s finds', (shell) => {
  it.each<[string, Spec, Record<string, string>, unknown]>([
    ['nothing to do', WEB, { [`${MODULE}/cil`]: 'x', ...record(CIL, 'x') }, OK],
    [
      'nothing to do for a compiled module, whose CIL does not count',
      { name: 'web', source: 'web.te' },
      { [`${MODULE}/hll`]: 'x', [`${MODULE}/cil`]: 'y', ...record(TE, 'x') },
      OK,
    ],
    ['no such module', WEB, {}, ['module | install web.cil']],
    [
      'another source',
      WEB,
      { [`${MODULE}/cil`]: 'x', ...record('', 'x') },
      ['content | install web.cil, which has changed'],
    ],
    [
      'one that was changed on the host',
      WEB,
      { [`${MODULE}/cil`]: 'y', ...record(CIL, 'x') },
      ['content | install web.cil in place of a module that was installed otherwise'],
    ],
    [
      'one without a record',
      WEB,
      { [`${MODULE}/cil`]: 'x' },
      ['content | install web.cil in place of a module that was installed otherwise'],
    ],
    [
      'one that was turned off',
      WEB,
      { [`${MODULE}/cil`]: 'x', ...record(CIL, 'x'), [`${STORE}/modules/disabled/web`]: '' },
      ['enabled | turn it on'],
    ],
    [
      'one of the distribution only',
      WEB,
      { [`${STORE}/modules/100/web/cil`]: 'x' },
      ['module | install web.cil'],
    ],
    ['nothing to remove', GONE, { [`${STORE}/modules/100/web/cil`]: 'x' }, OK],
    ['one to remove', GONE, { [`${MODULE}/cil`]: 'x' }, ['module | remove it']],
  ])('%s', async (_, spec, files, expected) => {
    expect(shown(await find(spec, policyHost(files, shell)))).toEqual(expected);
  });
});

test('a module without content, or a store that cannot be read, is an error', async () => {
  await expect(find(WEB, policyHost({ [`${MODULE}/lang_ext`]: 'cil' }))).rejects.toThrow('exit');
  const host = policyHost();
  rmSync(join(host.root, STORE), { recursive: true });
  await expect(find(WEB, host)).rejects.toThrow('policy store of targeted cannot be read');
});

describe('what a host lacks', () => {
  const te: Spec = { name: 'web', source: 'web.te' };
  const yum = { step: 'yumPackage checkpolicy', certain: true };

  it('the compiler, which only a .te needs', async () => {
    const tools = ['semodule', 'semodule_package'];
    expect((await look(WEB, policyHost(), tools)).diff(effects())).toMatchObject({ status: 'change' });
    const seen = await look(te, policyHost(), tools);
    expect(seen.diff(effects())).toEqual({
      status: 'blocked',
      reason: 'checkmodule is missing on the host',
      advice: 'Install it with a yumPackage step: checkpolicy.',
    });
    expect(seen.diff(effects({ command: { checkmodule: yum } }))).toMatchObject({ status: 'change' });
    expect(seen.diff(effects({ command: { checkmodule: { ...yum, certain: false } } }))).toMatchObject({
      status: 'unknown',
      until: yum.step,
    });
  });

  it('SELinux', async () => {
    const host = scriptedHost({ probes: [['sha256sum', { stdout: '== disabled\n== end\n' }]] });
    const seen = await (await selinuxModule(WEB).prepare({ root: project })).look(host);
    expect(seen.diff(effects())).toMatchObject({ status: 'skipped' });
    expect(seen.effects({ status: 'skipped', reason: '' })).toEqual({});
  });
});

test('effects itself in the store, where steps that need its types and booleans look', async () => {
  const host = policyHost();
  const seen = await look(WEB, host);
  expect(seen.effects(seen.diff(effects()))).toEqual({ appears: [`${host.root}${MODULE}`] });
  expect(seen.effects({ status: 'ok' })).toEqual({});
});

describe('the change, by a real sh', () => {
  async function run(spec: Spec, semodule: string, files: Record<string, string> = {}) {
    const host = policyHost(files);
    const finding = await find(spec, host);
    const log = join(host.root, 'log');
    const installs = `mkdir -p ${host.root}${MODULE}; for file in /tmp/trueup-module.*/web.${spec.source === 'web.cil' ? 'cil' : 'pp'}; do cp "$file" ${host.root}${MODULE}/hll; done`;
    host.tool('semodule', `echo "semodule $*" >>${log}\n${semodule || installs}`);
    host.tool('checkmodule', `echo "checkmodule $*" >>${log}; cp "$5" "$4"`);
    host.tool('semodule_package', `echo "semodule_package $*" >>${log}; cp "$4" "$2"`);
    if (finding.status !== 'change') throw new Error(finding.status);
    const [action] = finding.changes.flatMap((change) => change.actions);
    const { exec, stdin = '' } = action as { exec: Command; stdin?: string };
    const [program, ...args] = host.moved(exec);
    // The store of the look is below the root already.
    const moved = args.map((word) => word.replace(`${host.root}${host.root}`, host.root));
    const env = { PATH: `${host.root}/bin` };
    const { status, stderr } = spawnSync(`/bin/${program}`, moved, { env, input: stdin, encoding: 'utf8' });
    const kept = join(host.root, RECORD);
    return {
      status,
      stderr,
      log: readFileSync(log, 'utf8')
        .replace(/\/tmp\/trueup-module\.\w+/g, 'FOLDER')
        .trim()
        .split('\n'),
      record: existsSync(kept) ? readFileSync(kept, 'utf8') : undefined,
    };
  }

  it('installs CIL as it is, and keeps the checksums', async () => {
    expect(await run(WEB, '')).toEqual({
      status: 0,
      stderr: '',
      log: ['semodule -X 400 -i FOLDER/web.cil'],
      record: `${sum(CIL)} ${sum(CIL)}\n`,
    });
    expect(readdirSync('/tmp').filter((name) => name.startsWith('trueup-module.'))).toEqual([]);
  });

  it('compiles a .te', async () => {
    const { log, record: kept } = await run({ name: 'web', source: 'web.te' }, '');
    expect(log).toEqual([
      'checkmodule -M -m -o web.mod web.te',
      'semodule_package -o web.pp -m web.mod',
      'semodule -X 400 -i FOLDER/web.pp',
    ]);
    expect(kept).toBe(`${sum(TE)} ${sum(TE)}\n`);
  });

  it('installs bytes unchanged, and turns the module on with the same run', async () => {
    const off = { [`${STORE}/modules/disabled/web`]: '' };
    const { log, record: kept } = await run({ name: 'web', source: 'web.pp' }, '', off);
    expect(log).toEqual(['semodule -X 400 -i FOLDER/web.pp -e web']);
    expect(kept).toBe(`${sum(PP)} ${sum(PP)}\n`);
  });

  it('keeps no record where semodule fails, and says its words', async () => {
    expect(await run(WEB, 'echo "Failed to resolve typeattributeset" >&2; exit 1')).toMatchObject({
      status: 1,
      stderr: 'Failed to resolve typeattributeset\n',
      record: undefined,
    });
  });

  it('removes the module with its record', async () => {
    const files = { [`${MODULE}/cil`]: 'x', ...record(CIL, 'x') };
    expect(await run(GONE, 'exit 0', files)).toMatchObject({
      status: 0,
      log: ['semodule -X 400 -r web'],
      record: undefined,
    });
  });
});

describe('the step selinuxModule', () => {
  it('owns the module of its name', () => {
    expect(selinuxModule(WEB).manages).toEqual(['selinuxModule:web']);
  });

  it.each<[Spec | object, string]>([
    [{ name: 'web' }, 'expected a source'],
    [{ ...WEB, state: 'absent' }, 'expected a source'],
    [{ name: 'web', source: 'web.txt' }, '.cil, .pp or .te'],
    [{ name: '../x', source: 'web.te' }, 'expected the name of a policy module'],
  ])('refuses %j before anything is touched', (spec, message) => {
    expect(() => selinuxModule(spec as Spec)).toThrow(message);
  });

  it.each<[Spec, string]>([
    [{ name: 'other', source: 'web.te' }, 'web.te holds the module web, not other'],
    [{ name: 'other', source: 'web.pp' }, 'web.pp holds the module web, not other'],
    [{ name: 'web', source: 'macro.te' }, 'has no line `module NAME VERSION;`'],
    [{ name: 'web', source: 'none.te' }, 'has no line `module NAME VERSION;`'],
    [{ name: 'web', source: 'none.pp' }, 'none.pp is not a policy package'],
    [{ name: 'web', source: 'absent.cil' }, 'absent.cil'],
  ])('refuses %j before any host is asked', async (spec, message) => {
    await expect(selinuxModule(spec).prepare({ root: project })).rejects.toThrow(message);
  });

  it('takes a package whose module has the name', async () => {
    await expect(
      selinuxModule({ name: 'web', source: 'web.pp' }).prepare({ root: project }),
    ).resolves.toBeDefined();
  });
});
