import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  command,
  firewalldPorts,
  group,
  haproxyServer,
  hostname,
  kernelModule,
  logLineCheck,
  sysctl,
  systemdService,
  user,
  virtualAddress,
  yumRepository,
} from '../../src/index.ts';
import { type PreparedStep, type Reader, Secret, type Step } from '../../src/model/index.ts';
import { lookCommand } from '../../src/resources/iptables/look-at-rules.ts';
import { readAllowed } from '../../src/resources/iptables-service/firewalld-allows.ts';
import { readService } from '../../src/resources/iptables-service/read-service.ts';
import { resolve } from '../../src/resources/yum/resolve.ts';
import { checkContext } from '../checks/context.ts';
import { localReader } from '../local-reader.ts';
import { effects } from '../scripted-host.ts';
import { stubTools } from '../stub-tools.ts';

let host: string;

beforeEach(() => {
  host = mkdtempSync(join(tmpdir(), 'trueup-host-'));
});

/** Makes a file of the host, and all that it lies in. */
function put(path: string, content = '', mode = 0o644): string {
  mkdirSync(dirname(join(host, path)), { recursive: true });
  writeFileSync(join(host, path), content);
  chmodSync(join(host, path), mode);
  return join(host, path);
}

/** Makes a folder that root may not search. */
function close(path: string): string {
  mkdirSync(join(host, path), { recursive: true });
  chmodSync(join(host, path), 0);
  return join(host, path);
}

interface Scene {
  readonly tools?: Record<string, string>;
  readonly replace?: Record<string, string>;
}

function reader(shell: 'dash' | 'bash', { tools = {}, replace = {} }: Scene): Reader {
  const probes = localReader(shell, { path: stubTools(tools), bound: true, replace });
  return { ...probes, file: async () => ({ exists: false }) };
}

async function look(step: Step, shell: 'dash' | 'bash', scene: Scene): Promise<string> {
  const prepared: PreparedStep = await step.prepare({ root: '/' });
  const looked = await prepared.look(reader(shell, scene));
  return looked.diff(effects()).status;
}

const SHOWN = ['Id=x.service', 'LoadState=loaded', 'ActiveState=active', 'MainPID=0', 'Type=simple'];

/** A systemctl that shows a unit, and what `is-enabled` does. */
function systemctl(isEnabled: string, shown: readonly string[] = SHOWN): Record<string, string> {
  return {
    systemctl: `case $1 in show) printf '%s\\n' ${shown.join(' ')} ;; is-enabled) ${isEnabled} ;; esac`,
  };
}

const DENIED = 'echo "Failed to get unit file state for x.service: Access denied" >&2; exit 1';
const NO_FILE = 'echo "Failed to get unit file state for x.service: No such file or directory" >&2; exit 1';
const UNIT_FOLDERS = 'for folder in /etc /run /usr/lib';
const REPOSITORY = yumRepository({ id: 'x', name: 'x', baseurl: 'https://example.com/x', gpgcheck: false });

describe.each(['dash', 'bash'] as const)('what the host refuses to show is no state, by %s', (shell) => {
  it.each<[what: string, step: () => Step, scene: () => Scene, said: string]>([
    [
      'is-enabled',
      () => systemdService({ name: 'x', enabled: true }),
      () => ({ tools: systemctl(DENIED) }),
      'systemctl is-enabled x.service: Failed to get unit file state for x.service: Access denied',
    ],
    [
      'the record of what a unit has read',
      () => systemdService({ name: 'x' }),
      () => {
        put('loaded/x.service', 'process 1 1\n', 0);
        return { tools: systemctl('echo enabled'), replace: { '/run/trueup/loaded': `${host}/loaded` } };
      },
      'Permission denied',
    ],
    [
      'the folder of these records',
      () => systemdService({ name: 'x' }),
      () => ({ tools: systemctl('echo enabled'), replace: { '/run/trueup/loaded': close('loaded') } }),
      'Permission denied',
    ],
    [
      'a file that the unit reads',
      () => systemdService({ name: 'x', reloadOn: [join(host, 'x.cfg')] }),
      () => {
        put('x.cfg', '', 0);
        return { tools: systemctl('echo enabled') };
      },
      'Permission denied',
    ],
    [
      'the folder of a file that the unit reads',
      () => systemdService({ name: 'x', reloadOn: [join(host, 'conf/x.cfg')] }),
      () => {
        close('conf');
        return { tools: systemctl('echo enabled') };
      },
      'Permission denied',
    ],
    [
      "the unit's own file",
      () => systemdService({ name: 'x' }),
      () => {
        const shown = ['Id=x.service', 'LoadState=loaded', 'ActiveState=inactive', 'MainPID=0'];
        return { tools: systemctl('echo enabled', [...shown, `FragmentPath=${close('units')}/x.service`]) };
      },
      'Permission denied',
    ],
    [
      "the unit's drop-ins",
      () => systemdService({ name: 'x' }),
      () => {
        close('etc/systemd/system/x.service.d');
        return { tools: systemctl('echo enabled'), replace: { [UNIT_FOLDERS]: `for folder in ${host}/etc` } };
      },
      'Permission denied',
    ],
    [
      '/etc/hostname',
      () => hostname({ name: 'a' }),
      () => ({ replace: { '/etc/hostname': `${close('etc')}/hostname` } }),
      'Permission denied',
    ],
    [
      "haproxy's socket",
      () => haproxyServer({ server: 'a', state: 'ready', socket: join(host, 'run/stats') }),
      () => {
        close('run');
        return { tools: { socat: '' } };
      },
      'Permission denied',
    ],
    [
      'a key of sysctl',
      () => sysctl({ settings: { 'a.b': 1 } }),
      () => ({ replace: { '/proc/sys': close('proc') } }),
      'Permission denied',
    ],
    [
      'the value of a key of sysctl',
      () => sysctl({ settings: { 'a.b': 1 } }),
      () => {
        put('proc/a/b', '1');
        const cat = 'echo "cat: $1: Permission denied" >&2; exit 1';
        return { tools: { cat }, replace: { '/proc/sys': join(host, 'proc') } };
      },
      'Permission denied',
    ],
    [
      'a file of settings for boot',
      () => sysctl({ settings: { 'a.b': 1 } }),
      () => {
        put('proc/a/b', '1');
        put('etc/sysctl.d/99.conf', 'a.b = 2\n', 0);
        return { replace: { '/proc/sys': join(host, 'proc'), '/etc/sysctl.d': join(host, 'etc/sysctl.d') } };
      },
      'Permission denied',
    ],
    [
      'the folder of settings for boot',
      () => sysctl({ settings: { 'a.b': 1 } }),
      () => {
        put('proc/a/b', '1');
        close('etc/sysctl.d');
        const folders = { '/usr/local/lib /run /etc': `/run ${host}/etc` };
        return { replace: { '/proc/sys': join(host, 'proc'), ...folders } };
      },
      'Permission denied',
    ],
    [
      '/proc/modules',
      () => kernelModule({ name: 'ip_vs' }),
      () => ({ replace: { '/proc/modules': put('modules', 'ip_vs 1 0\n', 0) } }),
      'Permission denied',
    ],
    [
      'the index of modules',
      () => kernelModule({ name: 'no_such_module' }),
      () => ({
        tools: { modprobe: 'echo "modprobe: FATAL: Module no_such_module not found." >&2; exit 1' },
        replace: { '/lib/modules/$kernel': close('lib') },
      }),
      'Permission denied',
    ],
    [
      'what modprobe would do',
      () => kernelModule({ name: 'no_such_module' }),
      () => ({
        tools: { modprobe: 'echo "modprobe: ERROR: could not open: Permission denied" >&2; exit 1' },
      }),
      'Permission denied',
    ],
    [
      'the tool of a command',
      () => command({ run: [join(host, 'opt/tool')], creates: '/nowhere' }),
      () => {
        close('opt');
        return {};
      },
      'Permission denied',
    ],
    [
      'the repositories',
      () => REPOSITORY,
      () => ({ replace: { '/etc/yum.repos.d': close('yum.repos.d') } }),
      'Permission denied',
    ],
    [
      'a ping that the host does not send',
      () => virtualAddress({ address: '192.0.2.10' }),
      () => ({
        tools: {
          ip: 'case "$*" in *route*) echo "192.0.2.10 dev eth0 src 192.0.2.1" ;; esac',
          ping: 'echo "ping: socket: Operation not permitted" >&2; exit 2',
        },
      }),
      'Operation not permitted',
    ],
    [
      'a route',
      () => virtualAddress({ address: '192.0.2.10' }),
      () => ({
        tools: {
          ip: 'case "$*" in *route*) echo "RTNETLINK answers: Operation not permitted" >&2; exit 2 ;; esac',
          ping: '',
        },
      }),
      'Operation not permitted',
    ],
    [
      'firewalld, by D-Bus',
      () => firewalldPorts({ services: ['http'] }),
      () => ({
        tools: { 'firewall-cmd': 'echo "FirewallD is not running" >&2; exit 252', systemctl: 'echo active' },
      }),
      'firewall-cmd does not reach firewalld, which systemd calls: active',
    ],
    [
      'the groups of the host',
      () => group({ name: 'ops' }),
      () => ({ tools: { getent: 'exit 2' }, replace: { '/etc/group': put('group', '', 0) } }),
      'Permission denied',
    ],
    [
      'the users of the host',
      () => user({ name: 'joe' }),
      () => ({ tools: { getent: 'exit 2' }, replace: { '/etc/passwd': put('passwd', '', 0) } }),
      'Permission denied',
    ],
    [
      'the password hashes of the host',
      () => user({ name: 'joe', password: new Secret('JOE', `$6$salt$${'h'.repeat(86)}`) }),
      () => ({ tools: { getent: 'exit 2' }, replace: { '/etc/shadow': put('shadow', '', 0) } }),
      'Permission denied',
    ],
  ])('%s', async (_, step, scene, said) => {
    const set = scene();
    await expect(look(step(), shell, set)).rejects.toThrow(said);
  });

  it('rpm that cannot open its database has not said that it has no key', async () => {
    const rpm =
      'echo "error: cannot open Packages database: Permission denied" >&2; echo "package gpg-pubkey is not installed"; exit 1';
    const keyed = yumRepository({
      id: 'x',
      name: 'x',
      baseurl: 'https://example.com/x',
      gpgkey: 'https://example.com/k',
    });
    await expect(look(keyed, shell, { tools: { rpm } })).rejects.toThrow('Permission denied');
  });

  it("firewalld's policies", async () => {
    const firewallCmd = (last: string) => ({
      'firewall-cmd': `case $1 in --get-default-zone) echo public ;; --get-active-policies) ${last} ;; esac`,
    });
    const refused = firewallCmd('echo "Error: org.freedesktop.DBus.Error.AccessDenied" >&2; exit 1');
    await expect(readAllowed(reader(shell, { tools: refused }))).rejects.toThrow('AccessDenied');
    const old = firewallCmd(
      'echo "firewall-cmd: error: unrecognized arguments: --get-active-policies" >&2; exit 2',
    );
    expect(await readAllowed(reader(shell, { tools: old }))).toEqual([]);
  });

  it('a log that a check looks for a line in', async () => {
    const log = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(log, 'listening');
    const { port } = log.address() as AddressInfo;
    const path = `${close('log')}/haproxy.log`;
    const check = logLineCheck({ path, request: `http://127.0.0.1:${port}/`, timeout: 1 });
    const looked = check.run(checkContext(reader(shell, {})));
    await expect(looked).rejects.toThrow('Permission denied');
    log.close();
  });

  it('sets that rules name', async () => {
    const tools = {
      'iptables-save': 'echo "*filter"',
      'iptables-restore': '',
      unshare: '',
      ipset: 'echo "ipset: Kernel error received: Operation not permitted" >&2; exit 1',
    };
    const looked = lookCommand('iptables', 'filter', '/nowhere', [
      '-A INPUT -m set --match-set a src -j DROP',
    ]);
    await expect(reader(shell, { tools }).probe(looked)).rejects.toThrow('Operation not permitted');
  });

  it('whether there is IPv6', async () => {
    const units = ['iptables', 'ip6tables', 'firewalld'].map(
      (name) => `Id=${name}.service\\nLoadState=loaded\\nUnitFileState=enabled\\nActiveState=active\\n`,
    );
    const tools = { systemctl: `printf '${units.join('\\n')}'` };
    const replace = { '/proc/net/if_inet6': `${close('net')}/if_inet6` };
    await expect(readService(reader(shell, { tools, replace }))).rejects.toThrow('Permission denied');
  });

  it('the history that dnf resolves a removal with', async () => {
    const tools = { dnf: 'echo "Nothing to do."' };
    const replace = { '/var/lib/dnf': join(host, 'dnf') };
    expect(await resolve('remove', ['x'], reader(shell, { tools, replace }))).toEqual({ kind: 'nothing' });
    put('dnf/history.sqlite', '', 0);
    await expect(resolve('remove', ['x'], reader(shell, { tools, replace }))).rejects.toThrow(
      'Permission denied',
    );
  });
});

describe.each(['dash', 'bash'] as const)('what is not there is absent, by %s', (shell) => {
  it.each<[what: string, step: () => Step, scene: () => Scene, status: string]>([
    [
      'a unit without a file is not enabled',
      () => systemdService({ name: 'x', enabled: false }),
      () => ({ tools: systemctl(NO_FILE) }),
      'ok',
    ],
    [
      'a disabled unit',
      () => systemdService({ name: 'x', enabled: true }),
      () => ({ tools: systemctl('echo disabled; exit 1') }),
      'change',
    ],
    [
      'a unit enabled by a SysV script',
      () => systemdService({ name: 'x', enabled: true }),
      () => ({ tools: systemctl('echo "x.service is not a native service, redirecting" >&2; echo enabled') }),
      'ok',
    ],
    [
      'no saved name',
      () => hostname({ name: 'a' }),
      () => ({ replace: { '/etc/hostname': join(host, 'etc/hostname') } }),
      'change',
    ],
    [
      'no socket: haproxy does not run',
      () => haproxyServer({ server: 'a', state: 'ready', socket: join(host, 'run/stats') }),
      () => ({ tools: { socat: '' } }),
      'ok',
    ],
    [
      'firewalld does not run',
      () => firewalldPorts({ services: ['http'] }),
      () => ({
        tools: {
          'firewall-cmd': 'echo "FirewallD is not running" >&2; exit 252',
          systemctl: 'echo failed; exit 3',
        },
      }),
      'blocked',
    ],
    [
      'a key that can only be written',
      () => sysctl({ settings: { 'a.b': 1 } }),
      () => {
        put('proc/a/b', '', 0o200);
        return { replace: { '/proc/sys': join(host, 'proc') } };
      },
      'blocked',
    ],
  ])('%s', async (_, step, scene, status) => {
    const set = scene();
    expect(await look(step(), shell, set)).toBe(status);
  });
});
