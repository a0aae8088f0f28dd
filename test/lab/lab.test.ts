import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { processes } from './cgroup.ts';
import { exec, must } from './exec.ts';
import { openLab } from './lab.ts';
import { powerOff } from './machine.ts';
import { labNet, pickOne } from './names.ts';
import { remains } from './remains.ts';

const NET = '10.62.0.0/24';
const net = labNet(NET);
const lab = openLab(NET, (line) => console.error(line));
const names = ['lb-01', 'lb-02'] as const;

beforeAll(async () => {
  process.umask(0o077); // hosts do not take on the umask of whoever starts them
  await lab.down();
  await lab.up(names);
});
afterAll(() => lab.down());

async function inside(name: string, command: string): Promise<string> {
  const { code, stdout, stderr } = await lab.run(name, command);
  if (code !== 0) throw new Error(`${name}: ${command}: ${code}\n${stderr}`);
  return stdout.trim();
}

function onEach(command: string): Promise<string[]> {
  return Promise.all(names.map((name) => inside(name, command)));
}

function overSsh(name: string, command: string): Promise<string> {
  const options = ['BatchMode=yes', `UserKnownHostsFile=${lab.knownHosts}`, 'StrictHostKeyChecking=yes'];
  const address = `root@${lab.hosts[name]}`;
  return must(['ssh', '-i', lab.key, ...options.flatMap((option) => ['-o', option]), address, command]);
}

async function processesNamed(wanted: string, name: string): Promise<number[]> {
  const pids = await processes(pickOne(net, name).cgroup);
  const names = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')));
  return pids.filter((_, index) => names[index] === `${wanted}\n`);
}

const hostKeys = () => onEach('cat /etc/ssh/ssh_host_ed25519_key.pub');
const bootIds = () => onEach('cat /proc/sys/kernel/random/boot_id');

test('a host is a machine of its own, fully booted', async () => {
  expect(await onEach('systemctl is-system-running')).toEqual(['running', 'running']);
  expect(await onEach('stat -c %a / /etc/hostname')).toEqual(['755\n644', '755\n644']);
  expect(await onEach('hostname')).toEqual(['lb-01.example.test', 'lb-02.example.test']);
  expect(new Set(await onEach('cat /etc/machine-id')).size).toBe(2);
  expect(new Set(await bootIds()).size).toBe(2);
  expect(new Set(await hostKeys()).size).toBe(2);
});

test('it looks like CentOS Stream 9', async () => {
  expect(await inside('lb-01', '. /etc/os-release; echo $ID $VERSION_ID; rpm -E %rhel')).toBe('centos 9\n9');
  expect(await inside('lb-01', 'rpm -q --qf "%{NAME} " bash glibc systemd dnf rsyslog')).toBe(
    'bash glibc systemd dnf rsyslog',
  );
  expect(await inside('lb-01', 'getenforce; readlink /bin/sh')).toBe('Disabled\nbash');
  const tools = 'curl openssl socat ss iptables conntrack unshare sha256sum stat timeout yum dnf service';
  expect(
    await inside('lb-01', `for tool in ${tools}; do command -v $tool >/dev/null || echo $tool; done`),
  ).toBe('');
  expect(await inside('lb-01', 'for tool in apt-get dpkg; do ! command -v $tool; done')).toBe('');
});

test('untouched, it runs sshd, rsyslog and its network, and no firewall', async () => {
  expect(await inside('lb-01', 'systemctl is-active sshd rsyslog systemd-networkd')).toBe(
    'active\nactive\nactive',
  );
  expect((await lab.run('lb-01', 'rpm -q firewalld iptables-services haproxy')).code).toBe(3);
  expect(await inside('lb-01', 'iptables -S')).toBe('-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT');
});

test('root logs in by key, and the known_hosts file knows the hosts', async () => {
  expect(await overSsh('lb-01', 'id -un; hostname -s')).toBe('root\nlb-01\n');
  expect(await overSsh('lb-02', 'hostname -s')).toBe('lb-02\n');
});

test('hosts reach each other and this machine, and nothing beyond', async () => {
  const banner = (address: string) => `exec 3<>/dev/tcp/${address}/22 && head -c 4 <&3`;
  expect(await inside('lb-01', banner('10.62.0.12'))).toBe('SSH-');
  expect((await lab.run('lb-01', 'ping -c 1 -W 2 10.62.0.1')).code).toBe(0);
  expect((await lab.run('lb-01', 'ip route get 192.0.2.1')).stderr).toContain('unreachable');
  expect(await readFile(`/proc/sys/net/ipv4/conf/${net.bridge}/forwarding`, 'utf8')).toBe('0\n');
  expect(await must(['ip', 'route', 'show', 'type', 'unreachable'])).toContain(`${NET} metric 9999`);
});

test('a second up changes nothing, and is fast', async () => {
  const [boots, started] = [await bootIds(), Date.now()];
  await lab.up(names);
  expect(Date.now() - started).toBeLessThan(3000);
  expect(await bootIds()).toEqual(boots);
});

test('a host stays on when the command that started it has ended, and holds none of its output', async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const said = await must(['npx', 'jiti', main, 'up', 'nginx-01'], {
    seconds: 30,
    env: { TRUEUP_LAB_NET: NET },
  });
  expect(said).toContain('nginx-01  10.62.0.61    running');
  expect(await overSsh('nginx-01', 'hostname -s')).toBe('nginx-01\n');
});

test('dnf resolves, lists, installs, upgrades, on this host alone', async () => {
  const preview = await lab.run('lb-01', 'dnf -q install --assumeno haproxy');
  expect(preview.stderr).toContain('Operation aborted');
  expect(await inside('lb-01', 'dnf -C -q repoquery -l nginx-core')).toContain('/usr/sbin/nginx');
  await inside('lb-01', 'dnf -q -y install haproxy-2.6.12-3.el9 && systemctl start haproxy');
  const before = await inside('lb-01', 'systemctl show --property=MainPID haproxy');
  await inside('lb-01', 'dnf -q -y upgrade haproxy');
  expect(await inside('lb-01', 'rpm -q haproxy; systemctl is-enabled haproxy || :')).toBe(
    'haproxy-2.6.12-4.el9.x86_64\ndisabled',
  );
  expect(await inside('lb-01', 'systemctl show --property=MainPID haproxy')).not.toBe(before);
  expect(existsSync(`${lab.rootOf('lb-01')}/usr/sbin/haproxy`)).toBe(true);
  expect(existsSync(`${lab.rootOf('lb-02')}/usr/sbin/haproxy`)).toBe(false);
});

test('packages leave the host whole, and none owns a folder of the system', async () => {
  const packages = 'nginx keepalived firewalld iptables-services haproxy';
  await inside('lb-02', `dnf -q -y install ${packages} && dnf -q -y remove ${packages}`);
  expect(await inside('lb-02', 'systemctl is-system-running')).toBe('running');
  const owned = (await inside('lb-02', 'rpm -qpl /srv/repo/*/*.rpm')).split('\n');
  expect(owned.filter((path) => /^\/(usr|etc|var|lib\w*|s?bin)(\/(lib|share|s?bin))?$/.test(path))).toEqual(
    [],
  );
});

test('the packages that go wrong do so', async () => {
  const install = async (name: string) => (await lab.run('lb-02', `dnf -q -y install ${name}`)).code;
  expect(await install('lab-needs-missing')).toBe(1);
  expect(await install('lab-pre-fails')).toBe(1);
  expect(await install('lab-post-fails')).toBe(0);
});

test('reboot gives a new boot on the same disk', async () => {
  await inside('lb-01', 'systemctl enable haproxy && echo kept > /var/tmp/note');
  const [before, untouched] = await bootIds();
  await lab.reboot('lb-01');
  const [after, still] = await bootIds();
  expect(after).not.toBe(before);
  expect(still).toBe(untouched);
  expect(await inside('lb-01', 'cat /var/tmp/note; systemctl is-active haproxy')).toBe('kept\nactive');
});

test('after a power cut, up boots the host from its own disk', async () => {
  await powerOff(pickOne(net, 'lb-01'));
  await lab.up(names);
  expect(await inside('lb-01', 'cat /var/tmp/note; systemctl is-system-running')).toBe('kept\nrunning');
});

test('up mends a lab whose nspawn and bridge are gone', async () => {
  for (const pid of await processesNamed('systemd-nspawn', 'lb-02')) process.kill(pid, 'SIGKILL');
  await must(['ip', 'link', 'delete', net.bridge]);
  await lab.up(names);
  expect(await overSsh('lb-02', 'systemctl is-system-running')).toBe('running\n');
  expect(await overSsh('lb-01', 'systemctl is-system-running')).toBe('running\n');
});

test('reset makes a host as new and keeps its host key', async () => {
  const keys = await hostKeys();
  await lab.reset(['lb-01']);
  expect((await lab.run('lb-01', 'rpm -q haproxy')).code).toBe(1);
  expect(existsSync(`${lab.rootOf('lb-01')}/var/tmp/note`)).toBe(false);
  expect(await inside('lb-01', 'systemctl is-system-running')).toBe('running');
  expect(await hostKeys()).toEqual(keys);
  expect(await overSsh('lb-01', 'hostname -s')).toBe('lb-01\n');
});

test('down leaves nothing, whatever it finds; a new up keeps the host keys', async () => {
  const keys = await hostKeys();
  expect(await remains(net)).not.toEqual([]);
  await must(['ip', 'link', 'delete', net.bridge]);
  await lab.down();
  expect(await remains(net)).toEqual([]);
  await lab.down();
  await lab.up(names);
  expect(await hostKeys()).toEqual(keys);
  await lab.down();
  expect(await remains(net)).toEqual([]);
  expect((await exec(['ip', 'route', 'show', 'root', NET])).stdout).toBe('');
});

test('down copes with a state folder that somebody has removed', async () => {
  await lab.up(['lb-01']);
  await must(['umount', '--lazy', lab.rootOf('lb-01')]);
  await rm(`${net.state}/hosts`, { recursive: true });
  await lab.down();
  expect(await remains(net)).toEqual([]);
});
