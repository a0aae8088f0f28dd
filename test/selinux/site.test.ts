import { beforeAll, describe, expect, it } from 'vitest';
import { certificate } from '../checks/servers.ts';
import { HOSTS, inside, lab, onAll, site, useSite } from '../site/site-lab.ts';
import { type JsonRun, stepsWith, troubles } from '../site/site-project.ts';
import { denials } from './denials.ts';

useSite(HOSTS, { selinux: true });

beforeAll(async () => {
  const { cert, key } = certificate('www.example.test');
  await site().write('.env', `TLS_CERTIFICATE="${cert}"\nTLS_KEY='${key}'\n`);
});

async function appliesTwice(...args: string[]): Promise<JsonRun> {
  const first = await site().apply(...args);
  expect(troubles(first)).toEqual([]);
  const second = await site().apply(...args);
  expect(troubles(second)).toEqual([]);
  expect(stepsWith(second, 'changed', 'pending', 'unknown')).toEqual([]);
  for (const host of second.hosts) expect(host.execs).toBeLessThanOrEqual(2);
  return first;
}

async function verifies(...args: string[]): Promise<void> {
  expect(troubles(await site().json('verify', 'playbooks/site.ts', ...args))).toEqual([]);
}

/** All that trueup writes lies below these. */
const WRITTEN = '/etc /srv /var/lib/haproxy /var/lib/trueup /usr/libexec /root/.ssh';

async function labelledAndUndenied(): Promise<void> {
  expect(await onAll(`for p in ${WRITTEN}; do [ ! -e $p ] || restorecon -nvR $p; done`)).toEqual(
    HOSTS.map(() => ''),
  );
  expect(await Promise.all(HOSTS.map(denials))).toEqual(HOSTS.map(() => []));
}

describe('the shipped playbooks where SELinux enforces', () => {
  it('plans bare hosts', async () => {
    const plan = await site().plan();
    expect(troubles(plan)).toEqual([]);
    expect(plan.hosts.map(({ status }) => status)).toEqual(HOSTS.map(() => 'pending'));
    expect(await onAll('getenforce')).toEqual(HOSTS.map(() => 'Enforcing'));
  });

  it('converges from bare, and has nothing to do the second time', async () => {
    const first = await appliesTwice();
    expect(first.hosts.map(({ status }) => status)).toEqual(HOSTS.map(() => 'changed'));
  });

  it('runs each daemon in a domain of its own', async () => {
    const domain = (name: string) =>
      `ps -o label= -p "$(systemctl show -p MainPID ${name} | cut -d= -f2)" | cut -d: -f3`;
    expect(await inside('lb-01', `${domain('haproxy')}; ${domain('keepalived')}; ${domain('rsyslog')}`)).toBe(
      'haproxy_t\nkeepalived_t\nsyslogd_t',
    );
    expect(await inside('nginx-01', domain('nginx'))).toBe('httpd_t');
  });

  it('serves, and moves its address', async () => {
    await verifies();
    await verifies('--disturb');
  });

  it('gave all that it wrote the labels of the policy, and nothing was denied', labelledAndUndenied);

  it.each(['proxy-protocol', 'terminate'])('changes to tls=%s', async (tls) => {
    await appliesTwice('-e', `tls=${tls}`);
    await verifies('-e', `tls=${tls}`);
  });

  it('is the same after a reboot', async () => {
    await appliesTwice();
    for (const host of HOSTS) await lab.reboot(host);
    const plan = await site().plan();
    expect(troubles(plan)).toEqual([]);
    expect(stepsWith(plan, 'pending', 'unknown')).toEqual([]);
    await verifies();
  });

  it('still has the labels of the policy, and nothing was denied', labelledAndUndenied);
});
