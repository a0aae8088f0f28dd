import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exec } from '../lab/exec.ts';
import { openLab } from '../lab/lab.ts';
import { labNet } from '../lab/names.ts';
import { remains } from '../lab/remains.ts';
import { TEST_NET } from '../lab/test-net.ts';
import { until } from '../lab/until.ts';
import { type JsonRun, SiteProject, stepsWith, troubles } from '../site/site-project.ts';
import { SteadyRequests } from '../site/steady-requests.ts';

const net = labNet(TEST_NET);
const lab = openLab(TEST_NET, (line) => console.error(line));
const VIP = net.gateway.replace(/1$/, '60');
const SERVERS = ['nginx-01', 'nginx-02'] as const;
const DIRECTORS = ['lvs-01', 'lvs-02'] as const;
const HOSTS = [...SERVERS, ...DIRECTORS] as const;

let project: SiteProject;
beforeAll(async () => {
  await lab.down();
  await lab.up([...HOSTS, 'lb-01']);
  project = await SiteProject.create(TEST_NET);
});
afterAll(async () => {
  await project?.remove();
  await lab.down();
});

function ipvs(verb: string, ...args: string[]): Promise<JsonRun> {
  const inventory = ['-i', join(project.root, 'inventory/ipvs.yml')];
  const yes = verb === 'apply' ? ['--yes'] : [];
  return project.json(verb, 'playbooks/ipvs.ts', ...inventory, ...yes, ...args);
}

async function applies(...args: string[]): Promise<void> {
  const first = await ipvs('apply', ...args);
  expect(troubles(first)).toEqual([]);
  expect(first.exitCode).toBe(0);
  const second = await ipvs('apply', ...args);
  expect(troubles(second)).toEqual([]);
  expect(stepsWith(second, 'changed')).toEqual([]);
  expect(second.hosts.map(({ name, status }) => `${name} ${status}`)).toEqual(
    HOSTS.map((name) => `${name} ok`),
  );
}

async function holds(...args: string[]): Promise<void> {
  const verified = await ipvs('verify', ...args);
  expect(troubles(verified)).toEqual([]);
  expect(verified.hosts.find(({ name }) => name === 'lvs-01')?.counts.ok).toBe(4);
}

async function plansNothing(...args: string[]): Promise<void> {
  const plan = await ipvs('plan', ...args);
  expect(troubles(plan)).toEqual([]);
  expect(stepsWith(plan, 'pending', 'unknown', 'failed')).toEqual([]);
}

async function inside(host: string, command: string): Promise<string> {
  const { code, stdout, stderr } = await lab.run(host, command);
  if (code !== 0) throw new Error(`${host}: ${command}: exit ${code}\n${stdout}${stderr}`);
  return stdout.trim();
}

/** What the web server answers through the directors: its name, and whom it sees. */
async function whoami(): Promise<string> {
  const { stdout } = await exec(['curl', '-s', '-m', '1', `http://${VIP}/whoami`]);
  return stdout.trim();
}

function several<T>(ask: () => Promise<T>, times: number): Promise<T[]> {
  return Array.from({ length: times }).reduce<Promise<T[]>>(
    async (sofar) => [...(await sofar), await ask()],
    Promise.resolve([]),
  );
}

/** The fingerprint of the certificate that a handshake shows. */
function certificate(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: VIP, port: 443, rejectUnauthorized: false, timeout: 5000 }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject).on('timeout', () => socket.destroy(new Error('no handshake within 5 s')));
  });
}

function ownCertificate(server: string): Promise<string> {
  const print = 'openssl x509 -in /etc/nginx/tls/server.crt -noout -fingerprint -sha256';
  return inside(server, `${print} | cut -d = -f 2`);
}

/** One director has the virtual address, and the other has not. */
function addressAt(director: string): Promise<true> {
  return until(`${director} alone has ${VIP}`, 60, async () => {
    const looks = await Promise.all(
      DIRECTORS.map(async (name) => ({
        name,
        look: await lab.run(name, `ip -o -4 addr | grep -qF ' ${VIP}/'`).catch(() => undefined),
      })),
    );
    const holders = looks.filter(({ look }) => look?.code === 0).map(({ name }) => name);
    return holders.join() === director || undefined;
  });
}

/** Seconds from before the command on the first server until six answers in a row are by these servers, and no others. */
async function secondsUntil(servers: readonly string[], command: string): Promise<number> {
  const started = performance.now();
  await inside('nginx-01', command);
  await until(`answers of ${servers.join(' and ')} alone`, 30, async () => {
    const names = (await several(whoami, 6)).map((answer) => answer.split(' ')[0] ?? '');
    return [...new Set(names)].sort().join() === servers.join() || undefined;
  });
  return (performance.now() - started) / 1000;
}

describe('a kernel without IPVS', () => {
  // A container has the kernel of this machine, so on one that has loaded IPVS there is none without it.
  it.skipIf(existsSync('/sys/module/ip_vs'))('is told in plan, and nothing is touched', async () => {
    const shipped = await readFile(join(project.root, 'inventory/ipvs.yml'), 'utf8');
    const text = shipped.replace(/lvs-01: \{ address: [\d.]+/, `lb-01: { address: ${lab.hosts['lb-01']}`);
    await project.write('inventory/no-ipvs.yml', text);
    const args = ['playbooks/ipvs.ts', '-i', join(project.root, 'inventory/no-ipvs.yml'), '-l', 'lb-01'];
    const before = await inside('lb-01', 'find /etc -newermt 2000-01-01 | sort; rpm -qa | sort');
    for (const run of [await project.json('plan', ...args), await project.json('apply', ...args, '--yes')]) {
      expect(run.exitCode).toBe(3);
      const blocked = run.hosts[0]?.steps.find(({ kind }) => kind === 'kernelModule');
      expect(blocked?.error).toMatch(/^the running kernel, \S+, has no module ip_vs: /);
    }
    expect(await inside('lb-01', 'find /etc -newermt 2000-01-01 | sort; rpm -qa | sort')).toBe(before);
  });
});

describe('direct routing', () => {
  it('is planned on bare hosts, applied, and has nothing to do the second time', async () => {
    const plan = await ipvs('plan');
    expect(troubles(plan)).toEqual([]);
    expect(plan.hosts.map(({ status }) => status)).toEqual(HOSTS.map(() => 'pending'));
    await applies();
  });

  it('holds what verify asks, and the kernel says so', async () => {
    await holds();
    const table = await inside('lvs-01', 'ipvsadm -Ln');
    for (const port of [80, 443]) expect(table).toContain(`TCP  ${VIP}:${port} rr`);
    expect(table.match(/ Route +1 /g)).toHaveLength(4);
  });

  it('takes turns, and the servers see the client', async () => {
    const answers = await several(whoami, 20);
    for (const server of SERVERS)
      expect(answers.filter((answer) => answer === `${server} ${net.gateway}`)).toHaveLength(10);
  });

  it("passes TLS: the client is shown the servers' own certificates", async () => {
    const own = await Promise.all(SERVERS.map(ownCertificate));
    const shown = await several(certificate, 20);
    for (const each of own) expect(shown.filter((one) => one === each)).toHaveLength(10);
  });

  it('drops a server whose nginx has stopped within 10 s, and takes it back', async () => {
    const out = await secondsUntil(['nginx-02'], 'systemctl stop nginx');
    expect(out).toBeLessThan(10);
    const back = await secondsUntil(SERVERS, 'systemctl start nginx');
    console.log(`a stopped nginx was out after ${out.toFixed(1)} s, and back after ${back.toFixed(1)} s`);
  });

  it('goes on within 5 s when the director with the address is without power, and gives it back', async () => {
    const requests = new SteadyRequests(`http://${VIP}/whoami`);
    try {
      await addressAt('lvs-01');
      requests.longestGap();
      await lab.fault('powercut', 'lvs-01');
      await addressAt('lvs-02');
      await until('an answer', 10, async () => (await whoami()) || undefined);
      const gap = requests.longestGap();
      await lab.mend(['lvs-01']);
      await addressAt('lvs-01');
      const back = requests.longestGap();
      console.log(`director without power: ${gap.toFixed(1)} s; back again: ${back.toFixed(1)} s`);
      expect(Math.max(gap, back)).toBeLessThan(5);
    } finally {
      await requests.stop();
    }
    await plansNothing();
  });

  it('is the same after a reboot of the director and a server', async () => {
    await Promise.all(['lvs-01', 'nginx-01'].map((host) => lab.reboot(host)));
    await plansNothing();
    await holds();
  });

  it('puts back an address that somebody has taken away', async () => {
    await inside('nginx-02', `ip address delete ${VIP}/32 dev lo`);
    const applied = await ipvs('apply', '-l', 'nginx-02');
    expect(stepsWith(applied, 'changed')).toEqual([`nginx-02: command ${VIP} on lo`]);
    expect(await inside('nginx-02', 'ip -4 address show dev lo')).toContain(`${VIP}/32`);
  });
});

describe('NAT instead', () => {
  const NAT = ['-e', 'lbKind=NAT'];

  it('is reached by an apply that takes away what direct routing needed', async () => {
    await applies(...NAT);
    await holds(...NAT);
    for (const server of SERVERS)
      expect(
        await inside(server, 'ip -4 address show dev lo; sysctl -n net.ipv4.conf.all.arp_ignore'),
      ).toMatch(/^(?!.*\/32).*\n0$/s);
    expect(await inside('lvs-01', 'ipvsadm -Ln')).toMatch(/ Masq +1 /);
    const answers = await several(whoami, 10);
    for (const server of SERVERS) expect(answers).toContain(`${server} ${net.gateway}`);
  });

  it('is the same after a reboot of a server', async () => {
    await lab.reboot('nginx-02');
    await plansNothing(...NAT);
    await holds(...NAT);
  });

  it('and back again, which leaves nothing of it', async () => {
    await applies();
    await holds();
    expect(await inside('nginx-01', 'ip rule show')).not.toContain('lookup 100');
    expect(await inside('lvs-01', 'iptables-save; cat /proc/sys/net/ipv4/ip_forward')).toMatch(
      /^(?!.*--sport).*\n0$/s,
    );
  });
});

it('leaves nothing on this machine', async () => {
  await lab.down();
  expect(await remains(net)).toEqual([]);
});
