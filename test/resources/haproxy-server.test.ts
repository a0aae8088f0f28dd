import { describe, expect, test } from 'vitest';
import { InputError, type PredictedEffects, type Prediction, ProbeError } from '../../src/model/index.ts';
import { haproxyServer } from '../../src/resources/haproxy-server.ts';
import { effects, scriptedHost } from '../scripted-host.ts';

type Spec = Parameters<typeof haproxyServer>[0];

const DRAIN: Spec = { backend: ['app', 'https'], server: 'nginx-01', state: 'drain' };
const READY: Spec = { ...DRAIN, state: 'ready' };
const MAINT: Spec = { ...DRAIN, state: 'maint' };
const config: Prediction = { step: 'template /etc/haproxy/haproxy.cfg', certain: true };
const pending = effects({ changes: { '/etc/haproxy/haproxy.cfg': config } });

/** Backend, server, what it was told in haproxy's bits, its status, its sessions. */
type Server = [backend: string, server: string, bits: number, status: string, sessions: number];

const UP: Server[] = [
  ['app', 'nginx-01', 0, 'UP', 3],
  ['app', 'nginx-02', 0, 'UP', 1],
  ['https', 'nginx-01', 0, 'UP', 0],
  ['https', 'nginx-02', 0, 'DOWN', 0],
];

/** UP, but with this server as given, in both backends. */
function but(bits: number, status: string, sessions = 0): Server[] {
  return UP.map(([backend, server, ...rest]) =>
    server === 'nginx-01' ? [backend, server, bits, status, sessions] : [backend, server, ...rest],
  );
}

/** In the words of haproxy 2.6, most columns left out. */
function says(servers: readonly Server[], level = 'admin'): string {
  const stat = servers.map(
    ([backend, server, , status, sessions]) => `${backend},${server},${sessions},${status},`,
  );
  const states = servers.map(([backend, server, bits]) => `3 ${backend} 1 ${server} 10.0.0.1 2 ${bits} 1`);
  return [
    `== show cli level\n${level}\n`,
    `== show stat\n# pxname,svname,scur,status,\nhttp,FRONTEND,5,OPEN,`,
    ...stat,
    'app,BACKEND,4,UP,\n',
    '== show servers state\n1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight',
    ...states,
    '\n== end\n',
  ].join('\n');
}

async function find(spec: Spec, stdout: string, before: PredictedEffects = effects()) {
  const host = scriptedHost({ probes: [['show servers state', { stdout }]] });
  const prepared = await haproxyServer(spec).prepare({ root: '/' });
  return (await prepared.look(host)).diff(before);
}

async function summaries(spec: Spec, servers: readonly Server[]) {
  const finding = await find(spec, says(servers));
  return finding.status === 'change'
    ? finding.changes.map((change) => `${change.aspect} | ${change.summary}`)
    : finding;
}

describe('nothing to do', () => {
  test.each<[string, Spec, Server[]]>([
    ['ready and up', READY, UP],
    ['ready, where nobody looks after it', READY, but(0, 'no check')],
    ['ready but down, and it is not waited for', { ...READY, wait: 0 }, but(0, 'DOWN')],
    ['drained, and its sessions are gone', DRAIN, but(8, 'DRAIN')],
    ['drained with sessions, and they are not waited for', { ...DRAIN, wait: 0 }, but(8, 'DRAIN', 2)],
    ['in maintenance', MAINT, but(1, 'MAINT')],
    ['in maintenance, and drained before', MAINT, but(9, 'MAINT')],
    ['drained by its configuration too', DRAIN, but(0x18, 'DRAIN')],
  ])('%s', async (_, spec, servers) => {
    expect(await find(spec, says(servers))).toEqual({ status: 'ok' });
  });

  test.each<Spec['state']>(['ready', 'drain', 'maint'])(
    '%s, of a server that no backend has',
    async (state) => {
      expect(await find({ server: 'nginx-03', state }, says(UP))).toEqual({ status: 'ok' });
    },
  );

  test('haproxy does not run: it sends nobody anywhere', async () => {
    expect(await find(DRAIN, '== not running\n')).toEqual({ status: 'ok' });
  });

  test('nothing to change, on a socket that lets nobody change anything', async () => {
    expect(await find(READY, says(UP, 'operator'))).toEqual({ status: 'ok' });
  });
});

describe('changes', () => {
  test.each<[string, Spec, Server[], string]>([
    ['to drain', DRAIN, UP, 'state | app ready, https ready → drain, and wait until its sessions are gone'],
    ['to drain at once', { ...DRAIN, wait: 0 }, UP, 'state | app ready, https ready → drain'],
    ['back', READY, but(8, 'DRAIN'), 'state | app drain, https drain → ready, and wait until it is up'],
    [
      'back from maintenance',
      { ...READY, wait: 0 },
      but(1, 'MAINT'),
      'state | app maint, https maint → ready',
    ],
    [
      'drained, with sessions left',
      DRAIN,
      but(8, 'DRAIN', 1),
      'settled | app has 1 session, https has 1 session, and wait until its sessions are gone',
    ],
    [
      'ready, but down',
      READY,
      but(0, 'DOWN 1/2'),
      'settled | app is DOWN 1/2, https is DOWN 1/2, and wait until it is up',
    ],
    [
      'ready, but failing its checks',
      READY,
      but(0, 'UP 1/3'),
      'settled | app is UP 1/3, https is UP 1/3, and wait until it is up',
    ],
    [
      'in one of its backends only',
      DRAIN,
      [...but(8, 'DRAIN').slice(0, 2), ...UP.slice(2)],
      'state | https ready → drain, and wait until its sessions are gone',
    ],
  ])('%s', async (_, spec, servers, summary) => {
    expect(await summaries(spec, servers)).toEqual([summary]);
  });

  test('one order to all backends, and time enough to wait', async () => {
    const finding = await find({ ...DRAIN, wait: 120 }, says(UP));
    const [change] = finding.status === 'change' ? finding.changes : [];
    expect(change?.actions).toHaveLength(1);
    const [action] = change?.actions ?? [];
    if (!action || !('exec' in action)) throw new Error('no command');
    expect(action.exec.slice(4)).toEqual([
      '/var/lib/haproxy/stats',
      'drain',
      '120',
      'nginx-01',
      'app',
      'https',
    ]);
    expect(action.limit).toBeGreaterThan(120);
  });
});

test('without `backend`, in all that have the server', async () => {
  expect(await summaries({ server: 'nginx-01', state: 'maint', wait: 0 }, UP)).toEqual([
    'state | app ready, https ready → maint',
  ]);
});

describe('blocked, or not known yet', () => {
  test.each<[string, Spec, string, string]>([
    [
      'no such server',
      { ...DRAIN, server: 'nginx-03' },
      says(UP),
      'haproxy has no server nginx-03 in backend app: did you mean `nginx-01`?',
    ],
    [
      'no such backend',
      { ...DRAIN, backend: 'ap' },
      says(UP),
      'haproxy has no backend ap with servers: did you mean `app`?',
    ],
    [
      'not as an administrator',
      DRAIN,
      says(UP, 'operator'),
      '/var/lib/haproxy/stats does not let us change anything (level operator)',
    ],
  ])('%s', async (_, spec, stdout, reason) => {
    expect(await find(spec, stdout)).toMatchObject({ status: 'blocked', reason });
    const why = `as it is now, ${reason}`;
    expect(await find(spec, stdout, pending)).toEqual({ status: 'unknown', until: config.step, why });
  });

  test('haproxy does not run yet', async () => {
    const why = 'haproxy does not run yet';
    expect(await find(READY, '== not running\n', pending)).toEqual({
      status: 'unknown',
      until: config.step,
      why,
    });
  });
});

describe('no answer is no answer', () => {
  async function look(stdout: string, code = 0) {
    const host = scriptedHost({ probes: [['show servers state', { stdout, code }]] });
    return (await haproxyServer(DRAIN).prepare({ root: '/' })).look(host);
  }

  test('an answer that was cut short', async () => {
    await expect(look(says(UP).replace('== end', ''))).rejects.toThrow('no whole answer');
  });

  test('no socat', async () => {
    await expect(look('', 127)).rejects.toMatchObject({ missing: 'socat' });
    await expect(look('', 127)).rejects.toBeInstanceOf(ProbeError);
  });
});

test.each<[string, Partial<Spec>]>([
  ['a second command', { server: 'a; shutdown sessions server x/y' }],
  ['a line end', { backend: 'app\nquit' }],
  ['no backend', { backend: [] }],
  ['a socket that is an option of socat', { socket: '/run/x,unlink' }],
])('refused: %s', (_, wrong) => {
  expect(() => haproxyServer({ ...DRAIN, ...wrong })).toThrow(InputError);
});
