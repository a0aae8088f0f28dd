import { describe, expect, test } from 'vitest';
import { type Action, InputError, type PredictedEffects, type Prediction } from '../../src/model/index.ts';
import { systemdService } from '../../src/resources/systemd-service.ts';
import { effects, scriptedHost } from '../scripted-host.ts';
import { NEW, NOT_FOUND, OLD, type Scene, STOPPED, systemctlSays } from './systemd/systemctl-words.ts';

type Spec = Omit<Parameters<typeof systemdService>[0], 'name'>;

const CFG = '/etc/haproxy/haproxy.cfg';
const DROP_IN = '/etc/systemd/system/haproxy.service.d/log.conf';
const UP: Spec = { enabled: true, running: true };
const WATCHING: Spec = { ...UP, reloadOn: [CFG], restartOn: [DROP_IN] };
const template: Prediction = { step: `template ${CFG}`, certain: true };
const maybe: Prediction = { step: 'command make', certain: false };
const install: Prediction = { step: 'yumPackage haproxy', certain: true };

async function look(spec: Spec, stdout: string) {
  const host = scriptedHost({ probes: [['systemctl show', { stdout }]] });
  const prepared = await systemdService({ name: 'haproxy', ...spec }).prepare({ root: '/' });
  return prepared.look(host);
}

async function find(spec: Spec, scene: Scene, before: PredictedEffects = effects()) {
  return (await look(spec, systemctlSays(scene))).diff(before);
}

/** `aspect: summary`, or the finding if it is no change. */
async function changes(spec: Spec, scene: Scene, before: PredictedEffects = effects()) {
  const finding = await find(spec, scene, before);
  if (finding.status !== 'change') return finding;
  return finding.changes.map(({ aspect, summary }) => `${aspect} | ${summary}`);
}

/** What would be done: `systemctl` lines, and the arguments of scripts. */
async function actions(spec: Spec, scene: Scene) {
  const finding = await find(spec, scene);
  if (finding.status !== 'change') return finding;
  return finding.changes.flatMap((change) => change.actions).map(inShort);
}

function inShort(action: Action): string {
  if (!('exec' in action)) return 'a write';
  return (action.exec[0] === 'sh' ? action.exec.slice(4) : action.exec).filter(Boolean).join(' ');
}

describe('nothing to do', () => {
  test.each<[string, Spec, Scene]>([
    ['enabled and running', UP, {}],
    ['on its way to active again', UP, { properties: { ActiveState: 'reloading' } }],
    ['nothing is asked of it', {}, { properties: { ...STOPPED, enablement: 'disabled' } }],
    [
      'disabled and stopped',
      { enabled: false, running: false },
      { properties: { ...STOPPED, enablement: 'disabled' } },
    ],
    [
      'masked is neither enabled nor running',
      { enabled: false, running: false },
      { properties: { ...STOPPED, LoadState: 'masked', enablement: 'masked' } },
    ],
    ['failed is not running', { running: false }, { properties: { ...STOPPED, ActiveState: 'failed' } }],
    [
      'what does not exist is neither enabled nor running',
      { enabled: false, running: false },
      { properties: NOT_FOUND },
    ],
    ['a oneshot that nobody wants to keep running', { enabled: true }, { properties: { Type: 'oneshot' } }],
    ['static is not enabled', { enabled: false }, { properties: { enablement: 'static' } }],
    ['enabled under another name', { enabled: true }, { properties: { enablement: 'alias' } }],
  ])('%s', async (_, spec, scene) => {
    expect(await find(spec, scene)).toEqual({ status: 'ok' });
  });
});

describe('something to do', () => {
  test.each<[string, Spec, Scene, string[], string[]]>([
    [
      'stopped and disabled',
      UP,
      { properties: { ...STOPPED, enablement: 'disabled' } },
      ['enabled | enable haproxy.service', 'running | start haproxy.service, which is inactive'],
      ['systemctl enable haproxy.service', 'start haproxy.service'],
    ],
    [
      'enabled until the next boot only',
      UP,
      { properties: { enablement: 'enabled-runtime' } },
      ['enabled | enable haproxy.service, which is so only until the next boot'],
      ['systemctl enable haproxy.service'],
    ],
    [
      'failed',
      UP,
      { properties: { ...STOPPED, ActiveState: 'failed' } },
      ['running | start haproxy.service, which is failed'],
      ['start haproxy.service'],
    ],
    [
      'crashing again and again',
      UP,
      { properties: { ...STOPPED, ActiveState: 'activating' } },
      ['running | start haproxy.service, which is activating'],
      ['start haproxy.service'],
    ],
    [
      'masked',
      UP,
      { properties: { ...STOPPED, LoadState: 'masked', enablement: 'masked' } },
      [
        'masked | unmask haproxy.service',
        'enabled | enable haproxy.service',
        'running | start haproxy.service, which is inactive',
      ],
      ['systemctl unmask haproxy.service', 'systemctl enable haproxy.service', 'start haproxy.service'],
    ],
    [
      'masked, and only to be enabled',
      { enabled: true },
      { properties: { ...STOPPED, LoadState: 'masked', enablement: 'masked' } },
      ['masked | unmask haproxy.service', 'enabled | enable haproxy.service'],
      ['systemctl unmask haproxy.service', 'systemctl enable haproxy.service'],
    ],
    [
      'masked until the next boot',
      { running: true },
      { properties: { ...STOPPED, LoadState: 'masked', enablement: 'masked-runtime' } },
      ['masked | unmask haproxy.service', 'running | start haproxy.service, which is inactive'],
      [
        'systemctl unmask haproxy.service',
        'systemctl unmask --runtime haproxy.service',
        'start haproxy.service',
      ],
    ],
    [
      'to be stopped and disabled',
      { enabled: false, running: false },
      {},
      ['enabled | disable haproxy.service', 'running | stop haproxy.service'],
      ['systemctl disable haproxy.service', 'systemctl stop haproxy.service'],
    ],
    [
      'to be disabled, enabled until the next boot',
      { enabled: false },
      { properties: { enablement: 'enabled-runtime' } },
      ['enabled | disable haproxy.service'],
      ['systemctl disable --runtime haproxy.service'],
    ],
    [
      'unit files changed, says systemd: before the start',
      UP,
      { properties: { ...STOPPED, NeedDaemonReload: 'yes' } },
      [
        'daemon-reload | daemon-reload: the files of haproxy.service have changed',
        'running | start haproxy.service, which is inactive',
      ],
      ['systemctl daemon-reload', 'start haproxy.service'],
    ],
  ])('%s', async (_, spec, scene, shown, done) => {
    expect(await changes(spec, scene)).toEqual(shown);
    expect(await actions(spec, scene)).toEqual(done);
  });

  test('an alias is acted upon by its own name', async () => {
    expect(await actions(UP, { properties: { ...STOPPED, Id: 'haproxy2.service' } })).toEqual([
      'start haproxy2.service',
    ]);
  });
});

describe('unit files that systemd has not noticed', () => {
  const reload = ['daemon-reload | daemon-reload: the files of haproxy.service have changed'];
  test.each<[string, Scene, string[] | undefined]>([
    ['a drop-in in a new folder', { onDisk: [DROP_IN] }, reload],
    ['a loaded drop-in', { onDisk: [DROP_IN], properties: { DropInPaths: DROP_IN } }, undefined],
    ['a unit file in /etc over the loaded one', { onDisk: ['/etc/systemd/system/haproxy.service'] }, reload],
    [
      'the loaded one, called by another path',
      {
        properties: { FragmentPath: '/lib/systemd/system/haproxy.service' },
        onDisk: ['/usr/lib/systemd/system/haproxy.service'],
      },
      undefined,
    ],
    [
      'a drop-in in /etc hides one of the same name',
      {
        onDisk: [DROP_IN, '/usr/lib/systemd/system/haproxy.service.d/log.conf'],
        properties: { DropInPaths: DROP_IN },
      },
      undefined,
    ],
    [
      'a drop-in in /etc that should hide the loaded one',
      {
        onDisk: [DROP_IN, '/usr/lib/systemd/system/haproxy.service.d/log.conf'],
        properties: { DropInPaths: '/usr/lib/systemd/system/haproxy.service.d/log.conf' },
      },
      reload,
    ],
    [
      'a masked unit loads none',
      { onDisk: [DROP_IN], properties: { ...STOPPED, LoadState: 'masked' } },
      undefined,
    ],
  ])('%s', async (_, scene, shown) => {
    expect(await changes({}, scene)).toEqual(shown ?? { status: 'ok' });
  });
});

describe('has it read its files?', () => {
  const record = (process: string, sum: string) => `process ${process}\n${sum} ${CFG}\nmissing ${DROP_IN}`;
  const files = (sum: string, changed = '1700000500.000000000') => [
    `${sum} ${changed} ${changed} ${CFG}`,
    `missing 0 0 ${DROP_IN}`,
  ];
  const stale = [`reload | reload: ${CFG} has changed since it was read`];
  const fresh = { status: 'ok' };

  test.each<[string, Scene, unknown]>([
    [
      'the record of this process matches',
      { record: record('1072 100000', OLD), files: files(OLD, '1700001999.0') },
      fresh,
    ],
    [
      'the record of this process does not match',
      { record: record('1072 100000', OLD), files: files(NEW) },
      stale,
    ],
    [
      'a file that was there is gone',
      { record: record('1072 100000', OLD), files: [`missing 0 0 ${CFG}`, `missing 0 0 ${DROP_IN}`] },
      stale,
    ],
    [
      'the record is of another process: older file',
      { record: record('7 100000', NEW), files: files(OLD) },
      fresh,
    ],
    [
      'the record is of another process: newer file',
      { record: record('7 100000', OLD), files: files(OLD, '1700001500.0') },
      stale,
    ],
    [
      'the same number, another process',
      { record: record('1072 99999', OLD), files: files(OLD, '1700001500.0') },
      stale,
    ],
    ['no record, older file', { files: files(OLD) }, fresh],
    ['no record, newer file', { files: files(OLD, '1700001500.0') }, stale],
    ['no record, a tie', { files: files(OLD, '1700000999.990000000') }, stale],
    ['no record, a tie the other way', { files: files(OLD, '1700000999.960000000') }, stale],
    ["no record, a tie within the clock's own grain", { files: files(OLD, '1700000999.945000000') }, stale],
    ['no record, clearly before', { files: files(OLD, '1700000999.900000000') }, fresh],
    ['no record, no file', { files: [`missing 0 0 ${CFG}`, `missing 0 0 ${DROP_IN}`] }, fresh],
    [
      'a symlink that was set anew',
      { files: [`${OLD} 1700000500.0 1700001500.0 ${CFG}`, `missing 0 0 ${DROP_IN}`] },
      stale,
    ],
    [
      'a file that the record does not know yet',
      { record: 'process 1072 100000', files: files(OLD, '1700001500.0') },
      stale,
    ],
  ])('%s', async (_, scene, expected) => {
    expect(await changes(WATCHING, scene)).toEqual(expected);
  });

  const oneshot = { Type: 'oneshot', RemainAfterExit: 'yes', MainPID: '0', ticks: '' };
  test.each<[string, Scene, unknown]>([
    ['before its start', { files: files(OLD, '1700000998.0') }, fresh],
    ['while it started', { files: files(OLD, '1700000999.5') }, stale],
    ['recorded', { record: record('since 999000000', OLD), files: files(OLD, '1700001500.0') }, fresh],
    [
      'recorded, of an earlier start',
      { record: record('since 500000000', OLD), files: files(OLD, '1700001500.0') },
      stale,
    ],
  ])('without a main process, file changed %s', async (_, scene, expected) => {
    expect(await changes(WATCHING, { ...scene, properties: oneshot })).toEqual(expected);
  });

  test('a unit whose start nobody knows counts as not having read anything', async () => {
    const properties = { ...oneshot, InactiveExitTimestampMonotonic: '0' };
    expect(await changes(WATCHING, { properties, files: files(OLD) })).toEqual(stale);
  });

  test('a step that will only change the mode: matters where the time of change must tell', async () => {
    const chmod = effects({ touches: { [CFG]: template } });
    expect(await changes(WATCHING, { files: files(OLD) }, chmod)).toEqual([
      `reload | reload: ${CFG} will change`,
    ]);
    const recorded = { record: record('1072 100000', OLD), files: files(OLD) };
    expect(await changes(WATCHING, recorded, chmod)).toEqual(fresh);
  });

  test('not running, and not meant to: nothing to reload', async () => {
    const scene = { properties: STOPPED, record: record('1072 100000', OLD), files: files(NEW) };
    expect(await changes({ reloadOn: [CFG], restartOn: [DROP_IN] }, scene)).toEqual(fresh);
  });

  test('it will be started anyhow: that reads everything', async () => {
    const scene = { properties: STOPPED, record: record('1072 100000', OLD), files: files(NEW) };
    expect(await actions(WATCHING, scene)).toEqual([`start haproxy.service ${CFG} ${DROP_IN}`]);
  });

  test('words that mean failure go with the start', async () => {
    const spec = { ...WATCHING, failureWords: 'Loading failure!' };
    expect(await actions(spec, { properties: STOPPED, files: files(OLD) })).toEqual([
      `start haproxy.service Loading failure! ${CFG} ${DROP_IN}`,
    ]);
  });

  test('it will be stopped', async () => {
    const scene = { record: record('1072 100000', OLD), files: files(NEW) };
    expect(await changes({ running: false, reloadOn: [CFG], restartOn: [DROP_IN] }, scene)).toEqual([
      'running | stop haproxy.service',
    ]);
  });

  test('a restart covers a reload; both are shown', async () => {
    const scene = {
      record: record('1072 100000', OLD),
      files: [`${NEW} 1.0 1.0 ${CFG}`, `${NEW} 1.0 1.0 ${DROP_IN}`],
    };
    expect(await changes(WATCHING, scene)).toEqual([
      `reload | reload: ${CFG} has changed since it was read; the restart covers it`,
      `restart | restart: ${DROP_IN} has changed since it was read`,
    ]);
    expect(await actions(WATCHING, scene)).toEqual([`restart haproxy.service ${CFG} ${DROP_IN}`]);
  });

  test('what cannot reload is restarted', async () => {
    const scene = { properties: { CanReload: 'no' }, record: record('1072 100000', OLD), files: files(NEW) };
    expect(await changes(WATCHING, scene)).toEqual([
      `restart | restart: ${CFG} has changed since it was read (it cannot reload)`,
    ]);
  });
});

describe('what it does to the unit is told apart from the words', () => {
  const stale = (path: string) => ({
    record: `process 1072 100000\n${OLD} ${path}`,
    files: [`${NEW} 1.0 1.0 ${path}`],
  });
  test.each<[string, Spec, Scene, unknown]>([
    ['a reload', { reloadOn: [CFG] }, stale(CFG), [{ reloads: ['haproxy.service'] }]],
    ['a restart', { restartOn: [CFG] }, stale(CFG), [{ restarts: ['haproxy.service'] }]],
    [
      'a reload that is a restart',
      { reloadOn: [CFG] },
      { ...stale(CFG), properties: { CanReload: 'no' } },
      [{ restarts: ['haproxy.service'] }],
    ],
    ['a stop', { running: false }, {}, [{ restarts: ['haproxy.service'] }]],
    ['a start', { running: true }, { properties: STOPPED }, [{}]],
  ])('%s', async (_, spec, scene, expected) => {
    const finding = await find(spec, scene);
    const told = finding.status === 'change' ? finding.changes : [];
    expect(
      told.map(({ restarts, reloads }) => ({ ...(restarts && { restarts }), ...(reloads && { reloads }) })),
    ).toEqual(expected);
  });
});

describe('what earlier steps will do', () => {
  const files = [`${OLD} 1.0 1.0 ${CFG}`, `missing 0 0 ${DROP_IN}`];
  test.each<[string, Spec, Scene, PredictedEffects, unknown]>([
    [
      'a file will change',
      WATCHING,
      { files },
      effects({ changes: { [CFG]: template } }),
      [`reload | reload: ${CFG} will change`],
    ],
    [
      'a missing file will appear',
      WATCHING,
      { files },
      effects({ appears: { [DROP_IN]: template } }),
      [`restart | restart: ${DROP_IN} will appear`],
    ],
    [
      'a missing file may appear',
      WATCHING,
      { files },
      effects({ appears: { [DROP_IN]: maybe } }),
      [`restart | restart: ${DROP_IN} may appear`],
    ],
    [
      'a file that is there already "appears"',
      WATCHING,
      { files },
      effects({ appears: { [CFG]: install } }),
      { status: 'ok' },
    ],
    [
      'a drop-in comes: daemon-reload first',
      WATCHING,
      { files },
      effects({
        appears: { [DROP_IN]: template },
        below: { '/etc/systemd/system/haproxy.service.d': template },
      }),
      [
        'daemon-reload | daemon-reload: the files of haproxy.service will change',
        `restart | restart: ${DROP_IN} will appear`,
      ],
    ],
    [
      'its package is upgraded',
      UP,
      {},
      effects({ below: { '/usr/lib/systemd/system/haproxy.service': install } }),
      ['daemon-reload | daemon-reload: the files of haproxy.service will change'],
    ],
    [
      'anything may come',
      UP,
      {},
      effects({ below: { '/etc/systemd/system/haproxy.service.d': maybe } }),
      { status: 'ok' },
    ],
    [
      'its package comes',
      UP,
      { properties: NOT_FOUND },
      effects({ unit: { 'haproxy.service': install } }),
      ['unit | enable and start haproxy.service, which yumPackage haproxy brings'],
    ],
    [
      'its package was removed, which systemd has not noticed, and comes again',
      UP,
      { properties: { ...STOPPED, gone: 'yes', NeedDaemonReload: 'yes' } },
      effects({ unit: { 'haproxy.service': install } }),
      ['unit | enable and start haproxy.service, which yumPackage haproxy brings'],
    ],
    [
      'its package may come',
      UP,
      { properties: NOT_FOUND },
      effects({ unit: { 'haproxy.service': maybe } }),
      { status: 'unknown', until: 'command make', why: 'it may bring haproxy.service' },
    ],
    [
      'its package comes, and it shall be off',
      { enabled: false, running: false },
      { properties: NOT_FOUND },
      effects({ unit: { 'haproxy.service': install } }),
      { status: 'unknown', until: 'yumPackage haproxy', why: 'it brings haproxy.service' },
    ],
    [
      'its unit file, which cannot be enabled, will change',
      UP,
      { properties: { enablement: 'static' } },
      effects({ below: { '/usr/lib/systemd/system/haproxy.service': install } }),
      {
        status: 'unknown',
        until: 'yumPackage haproxy',
        why: 'as it is now, haproxy.service cannot be enabled: it has no [Install] section, and starts when another unit wants it',
      },
    ],
  ])('%s', async (_, spec, scene, before, expected) => {
    expect(await changes(spec, scene, before)).toEqual(expected);
  });

  test('a unit that appears covers every aspect of it', async () => {
    const finding = await find(
      UP,
      { properties: NOT_FOUND },
      effects({ unit: { 'haproxy.service': install } }),
    );
    expect(finding).toMatchObject({ changes: [{ whole: true }] });
  });
});

describe('its effects', () => {
  test('that the unit will run, for steps that need it', async () => {
    const effectsOf = async (spec: Spec) => {
      const looked = await look(spec, systemctlSays({ properties: STOPPED }));
      return looked.effects(looked.diff(effects()));
    };
    expect(await effectsOf(UP)).toEqual({ runs: ['haproxy.service'] });
    expect(await effectsOf({ enabled: true })).toEqual({});
  });
});

describe('blocked', () => {
  test.each<[string, Spec, Scene, string]>([
    [
      'no such unit',
      UP,
      { properties: NOT_FOUND, units: ['haproxy2.service'] },
      'there is no unit haproxy.service: did you mean `haproxy2.service`?',
    ],
    [
      'static',
      UP,
      { properties: { enablement: 'static' } },
      'haproxy.service cannot be enabled: it has no [Install] section',
    ],
    [
      'generated',
      UP,
      { properties: { enablement: 'generated' } },
      'haproxy.service cannot be enabled: it is generated',
    ],
    [
      'indirect',
      UP,
      { properties: { enablement: 'indirect' } },
      'haproxy.service cannot be enabled: it is enabled through another unit',
    ],
    [
      'its package was removed, which systemd has not noticed',
      UP,
      { properties: { ...STOPPED, gone: 'yes' } },
      'there is no unit haproxy.service',
    ],
    [
      'a broken unit file',
      UP,
      {
        properties: {
          LoadState: 'bad-setting',
          LoadError:
            'org.freedesktop.systemd1.BadUnitSetting "Unit haproxy.service has a bad unit file setting."',
        },
      },
      'systemd cannot load haproxy.service: Unit haproxy.service has a bad unit file setting.',
    ],
    [
      'a oneshot that does not stay',
      UP,
      { properties: { Type: 'oneshot' } },
      'haproxy.service is a oneshot that is over once it is done',
    ],
    [
      'a folder to watch',
      { ...UP, reloadOn: [CFG] },
      { files: [`other 0 0 ${CFG}`] },
      `${CFG} is not a file`,
    ],
  ])('%s', async (_, spec, scene, reason) => {
    expect(await find(spec, scene)).toMatchObject({
      status: 'blocked',
      reason: expect.stringContaining(reason),
    });
  });
});

describe('no answer is not an answer', () => {
  test.each<[string, string]>([
    ['silence', ''],
    ['cut off', systemctlSays({}).slice(0, -20)],
    ['systemctl said nothing of its state', systemctlSays({ properties: { ActiveState: '' } })],
    ['nothing about a listed file', systemctlSays({})],
  ])('%s', async (_, stdout) => {
    await expect(look(WATCHING, stdout)).rejects.toThrow('answer');
  });

  test('systemctl cannot reach systemd', async () => {
    const host = scriptedHost({
      probes: [['systemctl show', { code: 1, stderr: 'Failed to connect to bus' }]],
    });
    const prepared = await systemdService({ name: 'haproxy' }).prepare({ root: '/' });
    await expect(prepared.look(host)).rejects.toThrow('exit 1');
  });
});

describe('the spec', () => {
  test.each<[string, string]>([
    ['haproxy', 'haproxy.service'],
    ['haproxy.service', 'haproxy.service'],
    ['logrotate.timer', 'logrotate.timer'],
    ['getty@tty1', 'getty@tty1.service'],
  ])('%s is %s', (name, unit) => {
    const called = unit.replace('.service', '');
    expect(systemdService({ name })).toMatchObject({ name: called, manages: [`service:${unit}`] });
  });

  test.each<[string, Parameters<typeof systemdService>[0], string]>([
    ['an option', { name: '--now' }, 'name: must be the name of a systemd unit'],
    ['a relative path', { name: 'a', reloadOn: ['a.conf'] }, 'reloadOn.0: must be the absolute path'],
    ['a folder', { name: 'a', reloadOn: ['/etc/a/'] }, 'reloadOn.0: must be the absolute path'],
    [
      'both at once',
      { name: 'a', reloadOn: ['/a'], restartOn: ['/a'] },
      'restartOn: lists a file that reloadOn lists too',
    ],
  ])('%s is refused', (_, spec, message) => {
    expect(() => systemdService(spec)).toThrow(InputError);
    expect(() => systemdService(spec)).toThrow(message);
  });
});
