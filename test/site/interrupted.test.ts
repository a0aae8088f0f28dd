import { once } from 'node:events';
import { beforeAll, expect, it } from 'vitest';
import { until } from '../lab/until.ts';
import { inside, lab, site, useSite } from './site-lab.ts';
import { stepsWith, troubles } from './site-project.ts';

useSite();

beforeAll(async () => {
  expect(troubles(await site().apply())).toEqual([]);
});

const SLOW = `import { command, definePlaybook, template, systemdService } from 'trueup';
import { lanAddress } from './lan-address.ts';
const PASSTHROUGH = { tls: 'passthrough', certificate: '', dhParameters: '', proxyProtocolPort: 8443 };
export default definePlaybook({
  name: 'Slow', hosts: 'lb-01',
  steps: ({ group }) => [
    template({
      path: '/etc/haproxy/haproxy.cfg', source: 'templates/haproxy.cfg.ejs', mode: '0644',
      data: { ...PASSTHROUGH, maxconn: 3000, backends: group('webservers').map((web) => ({ name: web.name, address: lanAddress(web) })) },
    }),
    command({ name: 'wait', run: ['sleep', '120'], creates: '/run/never' }),
    systemdService({ name: 'haproxy', enabled: true, running: true, reloadOn: ['/etc/haproxy/haproxy.cfg'] }),
  ],
});
`;

it('killed between writing haproxy.cfg and the reload: the next plan owes the reload, the next apply does it', async () => {
  await site().write('playbooks/slow.ts', SLOW);
  const child = site().start('apply', 'playbooks/slow.ts', '--yes');
  await until(
    'the slow command',
    30,
    async () => (await lab.run('lb-01', "pgrep -fx 'sleep 120'")).code === 0 || undefined,
  );
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await inside('lb-01', 'grep -c "maxconn     3000" /etc/haproxy/haproxy.cfg')).toBe('1');

  const arguments_ = ['-e', 'maxconn=3000', '-l', 'lb-01'];
  const plan = await site().plan(...arguments_);
  expect(stepsWith(plan, 'pending', 'unknown')).toEqual(['lb-01: systemdService haproxy']);
  const applied = await site().apply(...arguments_);
  expect(stepsWith(applied, 'changed')).toEqual(['lb-01: systemdService haproxy']);
  expect(await inside('lb-01', 'echo "show info" | socat - /var/lib/haproxy/stats')).toContain(
    'Maxconn: 3000',
  );
  expect(stepsWith(await site().plan(...arguments_), 'pending', 'unknown', 'failed')).toEqual([]);
});

it('two runs at once: the second leaves the host alone, and a run that was killed holds nothing up', async () => {
  const child = site().start('apply', 'playbooks/slow.ts', '--yes');
  await until(
    'the slow command',
    30,
    async () => (await lab.run('lb-01', "pgrep -fx 'sleep 120'")).code === 0 || undefined,
  );
  const second = await site().apply('-e', 'maxconn=2000', '-l', 'lb-01');
  expect(second.exitCode).toBe(3);
  expect(troubles(second).join()).toContain('another run of trueup is changing this host: ');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(troubles(await site().apply('-l', 'lb-01'))).toEqual([]);
});

it('a reload that haproxy only says to have done fails the step, with its journal, and stays owed', async () => {
  const tooMany = ['-e', 'maxconn=15000', '-l', 'lb-01'];
  const applied = await site().apply(...tooMany);
  expect(applied.exitCode).toBe(3);
  expect(stepsWith(applied, 'failed')).toEqual(['lb-01: systemdService haproxy']);
  expect(troubles(applied).join()).toContain('Cannot raise FD limit');
  expect(stepsWith(await site().plan(...tooMany), 'pending')).toEqual(['lb-01: systemdService haproxy']);
  const mended = await site().apply('-l', 'lb-01');
  expect(troubles(mended)).toEqual([]);
  expect(await inside('lb-01', 'echo "show info" | socat - /var/lib/haproxy/stats')).toContain(
    'Maxconn: 4000',
  );
});

it('a balancer that is off keeps the other one as it is, until that is asked for alone', async () => {
  await inside('lb-02', 'systemctl stop sshd');
  try {
    await inside('lb-01', 'systemctl stop haproxy');
    const applied = await site().apply();
    expect(applied.exitCode).toBe(4);
    expect(Object.fromEntries(applied.hosts.map(({ name, status }) => [name, status]))).toEqual({
      'lb-01': 'pending',
      'lb-02': 'unreachable',
      'nginx-01': 'ok',
      'nginx-02': 'ok',
    });
    const alone = await site().apply('-l', 'lb-01');
    expect(troubles(alone)).toEqual([]);
    expect(stepsWith(alone, 'changed')).toEqual(['lb-01: systemdService haproxy']);
  } finally {
    await inside('lb-02', 'systemctl start sshd');
  }
});
