import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ExecOptions, exec, type Outcome } from './exec.ts';
import { openLab } from './lab.ts';
import { labNet } from './names.ts';
import { remains } from './remains.ts';
import { TEST_NET } from './test-net.ts';
import { until } from './until.ts';

const lab = openLab(TEST_NET, (line) => console.error(line));
const HOST = 'lb-01';

beforeAll(async () => {
  await lab.down();
  await lab.up([HOST]);
});
afterEach(() => lab.mend([HOST]));
afterAll(() => lab.down());

function ssh(command: string, options: ExecOptions = {}): Promise<Outcome> {
  const settings = ['BatchMode=yes', `UserKnownHostsFile=${lab.knownHosts}`, 'StrictHostKeyChecking=yes'];
  const args = [...settings, 'ConnectTimeout=1'].flatMap((setting) => ['-o', setting]);
  return exec(['ssh', '-i', lab.key, ...args, `root@${lab.hosts[HOST]}`, command], options);
}

async function inside(command: string): Promise<string> {
  const { code, stdout, stderr } = await lab.run(HOST, command);
  return code === 0 ? stdout.trim() : `${code}: ${stderr.trim()}`;
}

async function standing(): Promise<{ state: string; faults: string[] } | undefined> {
  return (await lab.status()).find(({ name }) => name === HOST);
}

/** Until the host lets us in again, which nobody helps it to. */
function back(): Promise<true> {
  return until('a login', 10, async () => (await ssh('true')).code === 0 || undefined);
}

/** Milliseconds until sshd has greeted. */
async function greeting(): Promise<number> {
  const started = Date.now();
  const socket = connect({ host: lab.hosts[HOST] ?? '', port: 22 });
  await once(socket, 'data');
  socket.destroy();
  return Date.now() - started;
}

describe('the way to a host', () => {
  it('link: the cable is out for so long', async () => {
    await lab.fault('link', HOST, 2);
    expect((await standing())?.faults).toEqual(['link']);
    expect((await ssh('true')).stderr).toMatch(/timed out|No route to host/);
    await back();
    expect((await standing())?.faults).toEqual([]);
  });

  it('reject: connections are refused', async () => {
    const mend = await lab.fault('reject', HOST);
    expect((await ssh('true')).stderr).toContain('Connection refused');
    expect((await standing())?.faults).toEqual(['reject']);
    await mend();
    expect((await ssh('true')).code).toBe(0);
  });

  it('drop: so many packets are lost', async () => {
    const gateway = labNet(TEST_NET).gateway;
    const received = async () => {
      const said = await inside(`ping -q -c 100 -i 0.01 -W 1 ${gateway} || true`);
      return Number(/(\d+) received/.exec(said)?.[1]);
    };
    const mend = await lab.fault('drop', HOST, 30);
    const some = await received();
    expect(some).toBeGreaterThan(10);
    expect(some).toBeLessThan(90);
    await mend();
    expect(await received()).toBe(100);
    await lab.fault('drop', HOST, 100);
    expect((await ssh('true')).stderr).toContain('timed out');
  });

  it('latency: every byte comes later', async () => {
    const mend = await lab.fault('latency', HOST, 300);
    expect(await greeting()).toBeGreaterThanOrEqual(300);
    expect((await ssh('hostname -s', { seconds: 20 })).stdout).toBe('lb-01\n');
    await mend();
    expect(await greeting()).toBeLessThan(300);
  });

  it('cut: one connection ends at this byte, the next is spared', async () => {
    const input = 'x'.repeat(500_000);
    await lab.fault('cut', HOST, 60_000);
    const upload = () => ssh('cat >/tmp/upload', { input });
    expect((await upload()).code).toBe(255);
    const arrived = await until('the end of cat', 5, async () =>
      (await lab.run(HOST, 'pgrep -x cat')).code === 1
        ? Number(await inside('stat -c %s /tmp/upload'))
        : undefined,
    );
    expect(arrived).toBeGreaterThan(30_000);
    expect(arrived).toBeLessThan(60_000);
    expect((await upload()).code).toBe(0);
    expect(await inside('stat -c %s /tmp/upload')).toBe('500000');
  });

  it('sessions: killed, and what they ran goes on', async () => {
    const ended = ssh('exec sleep 321');
    await until('the sleep', 5, async () => /^\d+$/.test(await inside('pgrep -f "^sleep 321"')) || undefined);
    await lab.fault('sessions', HOST);
    expect((await ended).code).toBe(255);
    expect(await inside('pkill -f "^sleep 321" && echo lives')).toBe('lives');
    expect((await ssh('true')).code).toBe(0);
  });

  it('hostkey: another one than is known', async () => {
    const mend = await lab.fault('hostkey', HOST);
    expect((await ssh('true')).stderr).toContain('HOST IDENTIFICATION HAS CHANGED');
    await mend();
    expect((await ssh('true')).code).toBe(0);
  });
});

describe('the host itself', () => {
  it('freeze: accepts connections and says nothing, for so long', async () => {
    await lab.fault('freeze', HOST, 4);
    expect((await standing())?.faults).toEqual(['freeze']);
    expect((await ssh('true')).stderr).toContain('during banner exchange');
    await back();
    expect(await standing()).toMatchObject({ state: 'running', faults: [] });
  });

  it('reboot and power cut: another boot on the same disk', async () => {
    const boot = () => inside('cat /proc/sys/kernel/random/boot_id');
    const first = await boot();
    await inside('echo kept >/var/tmp/note');
    await lab.fault('reboot', HOST);
    const second = await boot();
    const mend = await lab.fault('powercut', HOST);
    expect(await standing()).toMatchObject({ state: 'off', faults: ['powercut'] });
    await mend();
    expect(await inside('cat /var/tmp/note')).toBe('kept');
    expect(new Set([first, second, await boot()]).size).toBe(3);
  });

  it('rpmlock: dnf and rpm cannot change anything, for so long', async () => {
    const install = 'dnf -q -y --setopt=exit_on_lock=True install keepalived';
    const mend = await lab.fault('rpmlock', HOST);
    expect(await inside(install)).toContain("can't create transaction lock");
    await mend();
    expect(await inside(install)).toContain('Installed');
    await lab.fault('rpmlock', HOST, 1);
    expect((await standing())?.faults).toEqual(['rpmlock']);
    await until('the end of the lock', 5, async () => (await standing())?.faults.length === 0 || undefined);
    expect(await inside('dnf -q -y remove keepalived')).toContain('Removed');
  });

  it('diskfull: what was there is there, nothing more can be written', async () => {
    const look = () => inside('cd /etc/dnf && stat -c "%a %U" . && sha256sum dnf.conf');
    const before = await look();
    const mend = await lab.fault('diskfull', HOST, '/etc/dnf');
    expect(await look()).toBe(before);
    expect(await inside('echo more >/etc/dnf/new')).toContain('No space left on device');
    expect(await inside('echo more >/etc/new && rm /etc/new')).toBe('');
    await mend();
    expect(await look()).toBe(before);
    expect(await inside('ls -A /etc/dnf; echo more >/etc/dnf/new && rm /etc/dnf/new')).not.toContain('full');
    await expect(lab.fault('diskfull', HOST, '/no')).rejects.toThrow('lb-01: /no: there is no such folder');
  });

  it('readonly: nothing can be written there', async () => {
    const mend = await lab.fault('readonly', HOST, '/etc/dnf');
    expect(await inside('echo more >/etc/dnf/new')).toContain('Read-only file system');
    expect(await inside('echo more >/etc/new && rm /etc/new')).toBe('');
    await mend();
    expect(await inside('echo more >/etc/dnf/new && rm /etc/dnf/new')).toBe('');
  });

  it('slowdisk: what is synced takes its time', async () => {
    const write = async () => {
      const started = Date.now();
      await ssh('dd if=/dev/zero of=/var/tmp/slow bs=64k count=8 conv=fsync');
      return Date.now() - started;
    };
    const mend = await lab.fault('slowdisk', HOST, 400);
    expect(await write()).toBeGreaterThan(1000);
    await mend();
    expect(await write()).toBeLessThan(1000);
  });
});

describe('all of it', () => {
  it('is taken back by mend, and down leaves nothing of it', async () => {
    const every = ['link', 'reject', 'latency', 'rpmlock', 'hostkey', 'slowdisk'] as const;
    for (const kind of every) await lab.fault(kind, HOST, kind === 'latency' ? 10 : '');
    await lab.fault('drop', HOST, 50);
    await lab.fault('diskfull', HOST, '/etc/dnf');
    await lab.fault('readonly', HOST, '/etc/pki');
    await lab.fault('freeze', HOST);
    expect((await standing())?.faults).toHaveLength(10);
    await lab.mend([HOST]);
    expect(await standing()).toMatchObject({ state: 'running', faults: [] });
    expect((await ssh('echo >/etc/dnf/new && echo >/etc/pki/new && rm /etc/dnf/new /etc/pki/new')).code).toBe(
      0,
    );
    for (const kind of [...every, 'freeze'] as const)
      await lab.fault(kind, HOST, kind === 'latency' ? 10 : '');
    await lab.down();
    expect(await remains(labNet(TEST_NET))).toEqual([]);
  });
});
