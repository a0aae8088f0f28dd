import { describe, expect, test } from 'vitest';
import { type FileState, InputError, type PredictedEffects, type Prediction } from '../../src/model/index.ts';
import { sysctl } from '../../src/resources/sysctl.ts';
import { effects, scriptedHost, standingFile } from '../scripted-host.ts';

type Spec = Parameters<typeof sysctl>[0];

const FILE = '/etc/sysctl.d/90-trueup.conf';
const FORWARD: Spec = { settings: { 'net.ipv4.ip_forward': 1 } };
const MISLABELLED = { context: 'u:object_r:tmp_t:s0', expected: 'u:object_r:etc_t:s0' };
const WRITTEN = standingFile(
  '# trueup writes this file as a whole; see sysctl.d(5).\nnet.ipv4.ip_forward = 1\n',
);
const modprobe: Prediction = { step: 'command modprobe', certain: true };
const maybe: Prediction = { step: 'command make', certain: false };

const key = (path: string, says: string) => `== key ${path}\n${says}\n`;
const bootFile = (path: string, ...lines: string[]) => [`== file ${path}`, ...lines, ''].join('\n');
const ON = key('net/ipv4/ip_forward', 'value 1');
const OFF = key('net/ipv4/ip_forward', 'value 0');

async function look(spec: Spec, says: string, file: FileState = WRITTEN) {
  const host = scriptedHost({
    files: { [spec.file ?? FILE]: file },
    probes: [['/proc/sys', { stdout: `${says}== end\n` }]],
  });
  const prepared = await sysctl(spec).prepare({ root: '/' });
  return prepared.look(host);
}

async function find(spec: Spec, says: string, file?: FileState, before: PredictedEffects = effects()) {
  return (await look(spec, says, file)).diff(before);
}

async function changes(spec: Spec, says: string, file?: FileState, before: PredictedEffects = effects()) {
  const finding = await find(spec, says, file, before);
  if (finding.status !== 'change') return finding;
  return finding.changes.map(({ aspect, summary }) => `${aspect} | ${summary}`);
}

describe('nothing to do', () => {
  const ok = { status: 'ok' };
  test('the value runs, and the file says so', async () => {
    expect(await find(FORWARD, ON)).toEqual(ok);
  });

  test('the kernel writes tabs where people write spaces', async () => {
    const spec = { settings: { 'net.ipv4.tcp_rmem': ' 4096  131072 6291456' } };
    const file = standingFile(
      '# trueup writes this file as a whole; see sysctl.d(5).\nnet.ipv4.tcp_rmem = 4096 131072 6291456\n',
    );
    expect(await find(spec, key('net/ipv4/tcp_rmem', 'value 4096\t131072\t6291456'), file)).toEqual(ok);
  });

  test.each(['net.ipv4.conf.eth0/100.rp_filter', 'net/ipv4/conf/eth0.100/rp_filter'])(
    'a part with a dot in it: %s',
    async (name) => {
      const file = standingFile(
        '# trueup writes this file as a whole; see sysctl.d(5).\nnet.ipv4.conf.eth0/100.rp_filter = 2\n',
      );
      expect(
        await find({ settings: { [name]: 2 } }, key('net/ipv4/conf/eth0.100/rp_filter', 'value 2'), file),
      ).toEqual(ok);
    },
  );

  test.each<[string, string]>([
    [
      'an earlier file sets something else',
      bootFile('/usr/lib/sysctl.d/50-default.conf', 'net.ipv4.ip_forward = 0'),
    ],
    ['our own file', bootFile(FILE, 'net.ipv4.ip_forward = 0')],
    ['a later file sets the same', bootFile('/etc/sysctl.d/99-x.conf', 'net.ipv4.ip_forward=1')],
    ['a later file sets another parameter', bootFile('/etc/sysctl.d/99-x.conf', 'net.ipv6.ip_forward = 0')],
    [
      'a later file, and a still later one that sets ours again',
      bootFile('/etc/sysctl.d/98-x.conf', 'net.ipv4.ip_forward = 0') +
        bootFile('/etc/sysctl.d/99-x.conf', 'net.ipv4.ip_forward = 1'),
    ],
  ])('%s', async (_, files) => {
    expect(await find(FORWARD, ON + files)).toEqual(ok);
  });
});

describe('something to do', () => {
  test.each<[string, string, FileState, string[]]>([
    ['only the running value differs', OFF, WRITTEN, ['net.ipv4.ip_forward | net.ipv4.ip_forward 0 → 1']],
    ['only the file is missing', ON, { exists: false }, [`file | create ${FILE}`]],
    ['only the file differs', ON, standingFile('net.ipv4.ip_forward = 0\n'), [`file | content of ${FILE}`]],
    [
      'a file too big to be brought',
      ON,
      standingFile('x'.repeat(2_000_000), { sha256: 'f'.repeat(64) }),
      [`file | content of ${FILE}`],
    ],
    [
      'both',
      OFF,
      { exists: false },
      ['net.ipv4.ip_forward | net.ipv4.ip_forward 0 → 1', `file | create ${FILE}`],
    ],
    [
      'mode and owner',
      ON,
      { ...WRITTEN, mode: '0600', owner: 'alice' } as FileState,
      [`owner | ${FILE}: owner alice → root`, `mode | ${FILE}: mode 0600 → 0644`],
    ],
    [
      'its SELinux label',
      ON,
      { ...WRITTEN, label: MISLABELLED } as FileState,
      [`label | ${FILE}: label tmp_t → etc_t`],
    ],
    [
      'a symlink',
      ON,
      standingFile('', { type: 'symlink', target: '/etc/x' }),
      [`file | ${FILE}: replace the symlink to /etc/x by a file`],
    ],
  ])('%s', async (_, says, file, expected) => {
    expect(await changes(FORWARD, says, file)).toEqual(expected);
  });

  test('the running value is set first: if the kernel refuses it, it is not saved', async () => {
    expect(await find(FORWARD, OFF, { exists: false })).toMatchObject({
      changes: [
        { actions: [{ exec: ['sysctl', '-w', 'net.ipv4.ip_forward=1'] }] },
        { before: '', actions: [{ write: { path: FILE, mode: '0644', owner: 'root', group: 'root' } }] },
      ],
    });
  });

  test('a later step may expect the file', async () => {
    const looked = await look(FORWARD, ON, { exists: false });
    expect(looked.effects(looked.diff(effects()))).toEqual({ appears: [FILE], changes: [FILE] });
    const other = await look(FORWARD, OFF);
    expect(other.effects(other.diff(effects()))).toEqual({});
  });
});

describe('a parameter that the kernel does not have', () => {
  const missing = key('net/bridge/bridge-nf-call-iptables', 'missing');
  const spec: Spec = { settings: { 'net.bridge.bridge-nf-call-iptables': 0 } };
  const place = '/proc/sys/net/bridge/bridge-nf-call-iptables';

  test('nobody brings it', async () => {
    expect(await find(spec, missing)).toMatchObject({
      status: 'blocked',
      reason: "the host's kernel has no net.bridge.bridge-nf-call-iptables",
      advice: expect.stringContaining('kernelModule'),
    });
  });

  test('an earlier step brings it', async () => {
    const before = effects({ appears: { [place]: modprobe } });
    expect(await changes(spec, missing, { exists: false }, before)).toEqual([
      'net.bridge.bridge-nf-call-iptables | net.bridge.bridge-nf-call-iptables → 0, once command modprobe has brought it',
      `file | create ${FILE}`,
    ]);
  });

  test('an earlier step may bring it', async () => {
    const before = effects({ appears: { [place]: maybe } });
    expect(await find(spec, missing, WRITTEN, before)).toEqual({
      status: 'unknown',
      until: 'command make',
      why: 'it may bring net.bridge.bridge-nf-call-iptables',
    });
  });
});

describe('another file has the last word at boot', () => {
  test.each([
    '/etc/sysctl.d/99-x.conf',
    '/usr/lib/sysctl.d/99-x.conf',
    '/run/sysctl.d/91-x.conf',
    '/etc/sysctl.conf',
  ])('%s', async (path) => {
    expect(await find(FORWARD, ON + bootFile(path, ' -net/ipv4/ip_forward = 0 '))).toMatchObject({
      status: 'blocked',
      reason: `at the next boot ${path} sets net.ipv4.ip_forward to 0, after ${FILE}`,
    });
  });

  test('a file of ours that comes later still', async () => {
    const spec = { ...FORWARD, file: '/etc/sysctl.d/99-z.conf' };
    const says = ON + bootFile('/etc/sysctl.d/99-x.conf', 'net.ipv4.ip_forward = 0');
    expect(await find(spec, says)).toEqual({ status: 'ok' });
  });

  test('an earlier step changes that file', async () => {
    const path = '/etc/sysctl.d/99-x.conf';
    const before = effects({ below: { [path]: { step: `file ${path}`, certain: true } } });
    const says = ON + bootFile(path, 'net.ipv4.ip_forward = 0');
    expect(await find(FORWARD, says, WRITTEN, before)).toMatchObject({
      status: 'unknown',
      until: `file ${path}`,
    });
  });
});

test.each<[string, string, FileState]>([
  ['write-only', key('net/ipv4/ip_forward', 'unreadable'), WRITTEN],
  ['a folder in the place of the file', ON, standingFile('', { type: 'directory' })],
])('blocked: %s', async (_, says, file) => {
  expect(await find(FORWARD, says, file)).toMatchObject({ status: 'blocked' });
});

test('an answer that was cut off is none', async () => {
  const host = scriptedHost({ probes: [['/proc/sys', { stdout: ON }]] });
  const prepared = await sysctl(FORWARD).prepare({ root: '/' });
  await expect(prepared.look(host)).rejects.toThrow('no whole answer');
});

describe('the spec', () => {
  test.each<[string, Spec, string]>([
    ['no parameter', { settings: {} }, 'settings: lists no parameter'],
    ['one twice', { settings: { 'net.a.b': 1, 'net/a/b': 1 } }, 'settings: lists one twice'],
    [
      'no name of a parameter',
      { settings: { '-w': 1 } },
      'settings.-w: must be the name of a kernel parameter',
    ],
    [
      'a way out of /proc/sys',
      { settings: { 'net/../../etc/passwd': 1 } },
      'must be the name of a kernel parameter',
    ],
    ['two lines', { settings: { 'net.a': '1\nnet.b = 2' } }, 'settings.net.a: '],
    [
      'a file elsewhere',
      { ...FORWARD, file: '/etc/sysctl.conf' },
      'file: must be a .conf file in /etc/sysctl.d',
    ],
    ['a file that nobody would read', { ...FORWARD, file: '/etc/sysctl.d/x' }, 'file: must be a .conf file'],
  ])('%s is refused', (_, spec, message) => {
    expect(() => sysctl(spec)).toThrow(InputError);
    expect(() => sysctl(spec)).toThrow(message);
  });

  test('it owns the file and each parameter, however it is written', () => {
    expect(sysctl({ settings: { 'net/ipv4/ip_forward': 1 } })).toMatchObject({
      name: 'net.ipv4.ip_forward',
      manages: [`file:${FILE}`, 'sysctl:net.ipv4.ip_forward'],
    });
  });

  test('many parameters make a short name', () => {
    const settings = { 'net.a': 1, 'net.b': 1, 'net.c': 1, 'net.d': 1 };
    expect(sysctl({ settings }).name).toBe('net.a, net.b and 2 more');
  });
});
