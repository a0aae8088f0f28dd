import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { inside, lab, site, useSite } from './site-lab.ts';
import { type JsonRun, stepsWith, troubles } from './site-project.ts';

/** As an installation leaves them: firewalld runs, and `deploy` has to give sudo a password. */
useSite(['lb-01', 'lb-02', 'nginx-01'], { stock: true });

/** lb-01 keeps firewalld; the others are taken over from it, and to lb-02 there is no way but port 2222. */
const inventory = () => `all:
  vars: { user: deploy, identityFile: ${lab.key}, hostKeys: accept-new }
  children:
    loadbalancers:
      vars: { vip: ${lab.hosts['lb-01']?.replace(/\d+$/, '50')}, interface: host0, vrrpAuthentication: none }
      hosts:
        lb-01: { address: ${lab.hosts['lb-01']}, priority: 150, firewall: firewalld }
        lb-02: { address: ${lab.hosts['lb-02']}, priority: 100, port: 2222 }
    webservers:
      hosts:
        nginx-01: { address: ${lab.hosts['nginx-01']} }
`;

const ANOTHER_PORT = `set -e
printf 'Port 22\\nPort 2222\\n' >/etc/ssh/sshd_config.d/02-port.conf
firewall-cmd -q --add-port=2222/tcp
firewall-cmd -q --permanent --add-port=2222/tcp
systemctl restart sshd`;

const TAKEOVER = `import { definePlaybook, iptablesService } from 'trueup';
export default definePlaybook({ name: 'Takeover', hosts: 'webservers', steps: () => [iptablesService({})] });
`;

beforeAll(async () => {
  await site().write('inventory/lab.yml', inventory());
  await site().write('.env', `TRUEUP_SUDO_PASSWORD='${await readFile(lab.sudoPassword, 'utf8')}'\n`);
  await site().write('playbooks/takeover.ts', TAKEOVER);
  await inside('lb-02', ANOTHER_PORT);
});

function summaryOf(run: JsonRun, host: string, kind: string): string {
  const steps = run.hosts.find(({ name }) => name === host)?.steps.filter((step) => step.kind === kind) ?? [];
  return steps.flatMap(({ changes }) => changes.map(({ summary }) => summary)).join('\n');
}

const units = (host: string) =>
  inside(
    host,
    'systemctl is-enabled firewalld iptables ip6tables; systemctl is-active firewalld iptables ip6tables; :',
  );
const TAKEN_OVER = 'masked\nenabled\nenabled\ninactive\nactive\nactive';

async function expectNothingToDo(): Promise<void> {
  const plan = await site().plan();
  expect(troubles(plan)).toEqual([]);
  expect(stepsWith(plan, 'pending', 'unknown', 'failed')).toEqual([]);
}

async function expectServed(): Promise<void> {
  const verified = await site().json('verify', 'playbooks/site.ts');
  expect(troubles(verified)).toEqual([]);
  expect(verified.hosts.map(({ counts }) => counts.ok > 0)).toEqual([true, true, true]);
}

describe('a takeover that would lock us out', () => {
  /** Only ssh is refused, and in a chain of its own, which no look at the list can see through. */
  const BAN = `set -e
dnf -q -y install iptables-services
cp -p /etc/sysconfig/iptables /root/
sed -i 's/^:OUTPUT.*/&\\n:BAN - [0:0]/; s/^-A INPUT -p icmp/-A INPUT -j BAN\\n-A BAN -p tcp -m state --state NEW -m tcp --dport 22 -j REJECT --reject-with tcp-reset\\n&/' /etc/sysconfig/iptables
firewall-cmd -q --add-port=8099/tcp`;

  it('is undone: firewalld is back, with what was only in force', async () => {
    await inside('nginx-01', BAN);
    const before = await units('nginx-01');
    const run = await site().json('apply', 'playbooks/takeover.ts', '--yes');
    expect(troubles(run).join()).toContain('it would lock us out');
    expect(run.exitCode).toBe(3);
    expect(await units('nginx-01')).toBe(before);
    expect(
      await inside('nginx-01', 'firewall-cmd --list-ports; iptables-save -t filter | grep -c BAN || :'),
    ).toBe('8099/tcp\n0');
    const again = await site().json('plan', 'playbooks/takeover.ts');
    expect(troubles(again)).toEqual([]);
    await inside('nginx-01', 'mv /root/iptables /etc/sysconfig/ && firewall-cmd -q --reload');
  });
});

describe('site.ts on stock hosts', () => {
  it('plans: what firewalld lets in and what is lost, what the rules wait for', async () => {
    const plan = await site().plan();
    expect(troubles(plan)).toEqual([]);
    expect(summaryOf(plan, 'lb-02', 'iptablesService')).toContain(
      'stop and mask firewalld, which lets in dhcpv6-client 546/udp, ssh 22/tcp, 2222/tcp; lost, unless',
    );
    expect(stepsWith(plan, 'unknown').join()).toContain('nginx-01: iptablesRules');
    expect(stepsWith(plan, 'pending').join()).toContain(
      'lb-01: firewalldPorts 80/tcp, 443/tcp, rule family="ipv4"',
    );
  });

  it('applies: taken over where it shall be, kept where not', async () => {
    const run = await site().apply();
    expect(troubles(run)).toEqual([]);
    expect(summaryOf(run, 'lb-02', 'iptablesService')).toContain('for port 2222, by which we came');
    expect([await units('nginx-01'), await units('lb-02')]).toEqual([TAKEN_OVER, TAKEN_OVER]);
    expect(await inside('lb-01', 'systemctl is-active firewalld')).toBe('active');
  }, 300_000);

  it('has nothing to do the second time, and serves', async () => {
    await expectNothingToDo();
    await expectServed();
  });

  it('still holds after a reboot', async () => {
    await Promise.all(['lb-01', 'lb-02', 'nginx-01'].map((host) => lab.reboot(host)));
    await expectNothingToDo();
    await expectServed();
  });
});

describe('drift', () => {
  it('of firewalld’s two lists, and of firewalld itself, is found and mended', async () => {
    await inside(
      'lb-01',
      'firewall-cmd -q --remove-port=80/tcp && firewall-cmd -q --permanent --remove-port=443/tcp',
    );
    await inside('nginx-01', 'systemctl unmask firewalld && systemctl start firewalld');
    await inside('lb-02', 'systemctl stop ip6tables');
    const plan = await site().plan();
    expect(summaryOf(plan, 'lb-01', 'firewalldPorts')).toBe(
      'in force in zone public: +80/tcp\nsaved in zone public: +443/tcp',
    );
    expect(summaryOf(plan, 'lb-02', 'iptablesService')).toBe('start ip6tables.service');
    expect(summaryOf(plan, 'nginx-01', 'iptablesService')).toMatch(
      /^stop and mask firewalld, which lets in .*\nstart iptables\.service and ip6tables\.service$/,
    );
    expect(troubles(await site().apply())).toEqual([]);
    await expectNothingToDo();
    expect([await units('nginx-01'), await units('lb-02')]).toEqual([TAKEN_OVER, TAKEN_OVER]);
  });
});
