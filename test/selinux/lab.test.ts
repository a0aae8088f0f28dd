import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLab } from '../lab/lab.ts';
import { labNet } from '../lab/names.ts';
import { remains } from '../lab/remains.ts';
import { TEST_NET } from '../lab/test-net.ts';

const lab = openLab(TEST_NET, (line) => console.error(line));
const HOST = 'lb-01';

beforeAll(async () => {
  await lab.down();
  await lab.up([HOST], { selinux: true });
});
afterAll(() => lab.down());

/** What a command prints, errors too. */
async function run(command: string): Promise<string> {
  const { stdout, stderr } = await lab.run(HOST, command, { seconds: 300 });
  return `${stdout}${stderr}`.trim();
}

async function must(command: string): Promise<string> {
  const { code, stdout, stderr } = await lab.run(HOST, command, { seconds: 300 });
  expect(code, `${command}: ${stdout}${stderr}`).toBe(0);
  return stdout.trim();
}

/** The denials since the last call, each with domain, permission and target. */
async function denials(): Promise<string[]> {
  const log = await run(
    'mark=$(cat /root/mark 2>/dev/null || echo 0); wc -l </var/log/audit/audit.log >/root/mark; ' +
      'tail -n +$((mark + 1)) /var/log/audit/audit.log | grep "avc: *denied" || :',
  );
  const lines = log.split('\n').filter(Boolean);
  const seen = lines.map((line) => {
    const [, permission] = /\{ (.*?) \}/.exec(line) ?? [];
    const [, domain] = /scontext=\w+:\w+:(\w+)/.exec(line) ?? [];
    const [, target] = /tcontext=\w+:\w+:(\w+)/.exec(line) ?? [];
    return `${domain} ${permission} ${target}`;
  });
  return [...new Set(seen)];
}

const typeOf = (path: string) => run(`stat -c %C ${path} | cut -d: -f3`);
const domainOf = (name: string) => run(`ps -C ${name} -o label= | cut -d: -f3 | sort -u`);

describe('a fresh host', () => {
  it('enforces a policy that is called targeted', async () => {
    expect(await must('getenforce && selinuxenabled && sed -n s/^SELINUX//p /etc/selinux/config')).toBe(
      'Enforcing\n=enforcing\nTYPE=targeted',
    );
    expect((await lab.status()).find(({ name }) => name === HOST)).toMatchObject({
      state: 'running',
      selinux: true,
    });
  });

  it('lets root log in unconfined', async () => {
    expect(await run('id -Z')).toBe('unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023');
  });

  it('has the right label on every file', async () => {
    expect(await run('restorecon -nvR /etc /usr /var /srv /root /home /opt /boot')).toBe('');
  });

  it('has denied nothing while it booted, and auditd writes its log', async () => {
    expect(await must('systemctl is-enabled auditd && systemctl is-active auditd')).toBe('enabled\nactive');
    expect(await denials()).toEqual([]);
    expect(await run('ausearch --input-logs -m avc')).toBe('<no matches>');
  });

  it('has the packages of a minimal EL, which lacks semanage', async () => {
    await must('rpm -q selinux-policy selinux-policy-targeted policycoreutils libselinux-utils audit');
    expect(await run('rpm -q policycoreutils-python-utils; command -v semanage')).toBe(
      'package policycoreutils-python-utils is not installed',
    );
    await must('command -v matchpathcon getenforce restorecon semodule setsebool getsebool');
  });
});

describe('packages', () => {
  beforeAll(async () => {
    await must('dnf -q -y install haproxy keepalived nginx rsyslog');
  });

  it.each([
    ['/usr/sbin/haproxy', 'haproxy_exec_t'],
    ['/var/lib/haproxy', 'haproxy_var_lib_t'],
    ['/etc/haproxy/haproxy.cfg', 'etc_t'],
    ['/usr/sbin/keepalived', 'keepalived_exec_t'],
    ['/usr/sbin/nginx', 'httpd_exec_t'],
    ['/etc/nginx/nginx.conf', 'httpd_config_t'],
    ['/var/lib/nginx/tmp', 'httpd_var_lib_t'],
    ['/var/log/nginx', 'httpd_log_t'],
    ['/usr/sbin/rsyslogd', 'syslogd_exec_t'],
  ])('%s lands as %s', async (path, type) => {
    expect(await typeOf(path)).toBe(type);
  });

  it.each([
    ['/srv/www/a', 'httpd_sys_content_t'],
    ['/usr/libexec/keepalived/check', 'keepalived_unconfined_script_exec_t'],
    ['/var/lib/haproxy/dev/log', 'haproxy_var_lib_t'],
  ])('%s is to be %s', async (path, type) => {
    expect(await run(`matchpathcon -n -m file ${path}`)).toContain(`:${type}:`);
  });
});

const HAPROXY = `global
  chroot /var/lib/haproxy
  user haproxy
  group haproxy
  stats socket /var/lib/haproxy/stats
defaults
  mode tcp
  timeout connect 1s
  timeout client 1s
  timeout server 1s
frontend in
  bind *:8080
  default_backend out
backend out
  server web 127.0.0.1:80 check
`;
const KEEPALIVED = `global_defs {
  enable_script_security
  script_user root
}
vrrp_script check {
  script "/usr/libexec/keepalived/check"
  interval 1
}
vrrp_instance one {
  interface host0
  virtual_router_id 51
  priority 100
  virtual_ipaddress { 10.255.255.1/32 }
  track_script { check }
}
`;

async function write(path: string, content: string): Promise<void> {
  const { code } = await lab.run(HOST, `cat >${path}`, { input: content });
  expect(code).toBe(0);
}

describe('daemons', () => {
  beforeAll(async () => {
    await write('/etc/haproxy/haproxy.cfg', HAPROXY);
    await write('/etc/keepalived/keepalived.conf', KEEPALIVED);
    await must('mkdir -p /usr/libexec/keepalived && restorecon /usr/libexec/keepalived');
    await write('/usr/libexec/keepalived/check', '#!/bin/sh\nid -Z >/run/check-context\n');
    await must('chmod 755 /usr/libexec/keepalived/check');
    await must('systemctl start nginx haproxy keepalived rsyslog && sleep 3');
  });

  it.each([
    ['haproxy', 'haproxy_t'],
    ['keepalived', 'keepalived_t'],
    ['nginx', 'httpd_t'],
    ['rsyslogd', 'syslogd_t'],
  ])('%s runs as %s', async (name, domain) => {
    expect(await domainOf(name)).toBe(domain);
  });

  it('serve, and are denied nothing with a plain configuration', async () => {
    expect(await must('curl -s -o /dev/null -w "%{http_code}" localhost:8080')).toBe('200');
    expect(await run('cut -d: -f3 /run/check-context')).toBe('keepalived_unconfined_script_t');
    expect(await denials()).toEqual([]);
  });
});

describe('the policy refuses', () => {
  it('nginx a port that is not of the web', async () => {
    await write('/etc/nginx/conf.d/other.conf', 'server { listen 8888; }\n');
    expect(await run('nginx -t')).toContain('test is successful');
    expect((await lab.run(HOST, 'systemctl restart nginx')).code).toBe(1);
    expect(await denials()).toEqual(['httpd_t name_bind unreserved_port_t']);
    await must('rm /etc/nginx/conf.d/other.conf && systemctl restart nginx');
  });

  it('haproxy a connection to a port without a type, until haproxy_connect_any allows it', async () => {
    await must('sed -i s/127.0.0.1:80/127.0.0.1:7777/ /etc/haproxy/haproxy.cfg');
    await must('systemctl reload haproxy && sleep 3');
    expect(await denials()).toEqual(['haproxy_t name_connect unreserved_port_t']);
    expect(await run('cat /var/lib/selinux/targeted/active/booleans.local')).toContain('No such file');
    await must('setsebool -P haproxy_connect_any=1 && sleep 1');
    await denials(); // of the time before
    await must('systemctl reload haproxy && sleep 3');
    expect(await denials()).toEqual([]);
    expect(await run('getsebool haproxy_connect_any')).toBe('haproxy_connect_any --> on');
  });

  it('systemd a new mount point in the folder of haproxy, not the use of one', async () => {
    await must('mkdir -p /etc/systemd/system/haproxy.service.d');
    await write(
      '/etc/systemd/system/haproxy.service.d/log.conf',
      '[Service]\nBindReadOnlyPaths=/dev/log:/var/lib/haproxy/dev/log\n',
    );
    const restart = 'systemctl daemon-reload; systemctl restart haproxy';
    expect((await lab.run(HOST, restart)).code).toBe(1);
    expect(await run('journalctl -u haproxy -n 20 --no-pager')).toContain('226/NAMESPACE');
    expect(await denials()).toEqual(['init_t write haproxy_var_lib_t']);
    await must('mkdir /var/lib/haproxy/dev && touch /var/lib/haproxy/dev/log');
    await must(`systemctl reset-failed haproxy; ${restart}`);
    expect(await denials()).toEqual([]);
  });

  it('keepalived a script of another type', async () => {
    await must('cp -Z /usr/libexec/keepalived/check /etc/keepalived/check');
    await must('sed -i s,/usr/libexec/keepalived,/etc/keepalived, /etc/keepalived/keepalived.conf');
    await must('systemctl restart keepalived && sleep 3');
    expect(await denials()).toEqual(['keepalived_t execute etc_t']);
  });
});

describe('semanage', () => {
  it('comes and goes with dnf', async () => {
    await must('dnf -q -y install policycoreutils-python-utils');
    expect(await typeOf('/usr/sbin/semanage')).toBe('semanage_exec_t');
    await must('semanage port -a -t http_port_t -p tcp 8888');
    expect(await run('semanage port -l -C')).toMatch(/^http_port_t\s+tcp\s+8888$/m);
    expect(await run('cat /var/lib/selinux/targeted/active/ports.local')).toContain('portcon tcp 8888');
    await must('dnf -q -y remove policycoreutils-python-utils');
    expect(await run('command -v semanage')).toBe('');
  });
});

describe('the kind of a host', () => {
  it('stays over a reboot and a power cut', async () => {
    await must('touch /root/kept && sync');
    await lab.reboot(HOST);
    expect(await run('getenforce; ls /root/kept')).toBe('Enforcing\n/root/kept');
    await (await lab.fault('powercut', HOST))();
    expect(await run('getenforce; ls /root/kept')).toBe('Enforcing\n/root/kept');
  });

  it('is not mixed with others', async () => {
    await expect(lab.up(['lvs-01'], { selinux: true })).rejects.toThrow('cannot be selinux hosts: lvs-01');
    await expect(lab.up([HOST], { selinux: true, stock: true })).rejects.toThrow('both stock and selinux');
    await expect(lab.fault('readonly', HOST, '/etc')).rejects.toThrow('it has a kernel of its own');
    await lab.reset([HOST]);
    expect(await run('getenforce')).toBe('Disabled');
    await expect(lab.up([HOST], { selinux: true })).rejects.toThrow(
      "not selinux: lb-01; 'reset --selinux lb-01' makes them anew as selinux hosts",
    );
    await lab.reset([HOST], { selinux: true });
    expect(await run('getenforce')).toBe('Enforcing');
  });

  it('leaves nothing after down', async () => {
    await lab.down();
    expect(await remains(labNet(TEST_NET))).toEqual([]);
  });
});
