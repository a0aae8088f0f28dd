import { beforeAll, describe, expect, it } from 'vitest';
import { inside, site, useSite } from './site-lab.ts';
import { stepsWith, troubles } from './site-project.ts';

useSite();

beforeAll(async () => {
  const applied = await site().apply();
  expect(troubles(applied)).toEqual([]);
});

const CFG = 'template /etc/haproxy/haproxy.cfg';
const HAPROXY = 'systemdService haproxy';
const RULES = 'iptablesRules INPUT, OUTPUT (6 rules)';
const OURS = '-A INPUT -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -j ACCEPT';

/** What happens to lb-01 behind our back, and the steps that plan must name: the drifted one, and what it makes stale. */
const DRIFTS: [name: string, deed: string, steps: string[]][] = [
  ['an edited file', 'sed -i s/leastconn/roundrobin/ /etc/haproxy/haproxy.cfg', [CFG, HAPROXY]],
  ['a wrong mode', 'chmod 0600 /etc/haproxy/haproxy.cfg', [CFG]],
  ['a wrong owner', 'chown haproxy:haproxy /etc/haproxy/haproxy.cfg', [CFG]],
  [
    'a deleted file',
    'rm /etc/rsyslog.d/haproxy.conf',
    ['file /etc/rsyslog.d/haproxy.conf', 'systemdService rsyslog'],
  ],
  [
    'a symlink in its place',
    'mv /etc/haproxy/haproxy.cfg /root/other.cfg; ln -s /root/other.cfg /etc/haproxy/haproxy.cfg',
    [CFG, HAPROXY],
  ],
  ['a stopped unit', 'systemctl stop haproxy', [HAPROXY]],
  ['a disabled unit', 'systemctl disable haproxy', [HAPROXY]],
  ['a masked unit', 'systemctl mask --now haproxy', [HAPROXY]],
  ['a rule deleted in force', `iptables ${OURS.replace('-A', '-D')}`, [RULES]],
  ['a rule deleted where it is saved', `sed -i '/^${OURS}/d' /etc/sysconfig/iptables`, [RULES]],
  ['a flushed chain', 'iptables -F INPUT', [RULES]],
  // Of new connections only: one that rejects their later packets too would still stand behind our rule.
  [
    'a REJECT before our rule',
    'iptables -I INPUT 1 -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -j REJECT',
    [RULES],
  ],
  [
    'a removed drop-in',
    'rm /etc/systemd/system/haproxy.service.d/log.conf',
    ['file /etc/systemd/system/haproxy.service.d/log.conf', HAPROXY],
  ],
  ['a setting in force', 'sysctl -w net.ipv4.ip_nonlocal_bind=0', ['sysctl net.ipv4.ip_nonlocal_bind']],
];

describe('drift', () => {
  it.each(DRIFTS)('%s: plan names it, apply mends exactly it', async (_, deed, steps) => {
    await inside('lb-01', deed);
    const expected = steps.map((step) => `lb-01: ${step}`);
    const plan = await site().plan();
    expect(troubles(plan)).toEqual([]);
    expect(stepsWith(plan, 'pending', 'unknown')).toEqual(expected);
    const applied = await site().apply();
    expect(troubles(applied)).toEqual([]);
    expect(stepsWith(applied, 'changed')).toEqual(expected);
    expect(stepsWith(await site().plan(), 'pending', 'unknown', 'failed')).toEqual([]);
  });

  it('a wrong mode where nothing is recorded of what haproxy has read: the reload is foreseen', async () => {
    await inside('lb-01', 'rm -r /run/trueup/loaded; chmod 0600 /etc/haproxy/haproxy.cfg');
    const expected = [CFG, HAPROXY].map((step) => `lb-01: ${step}`);
    expect(stepsWith(await site().plan(), 'pending', 'unknown')).toEqual(expected);
    const applied = await site().apply();
    expect(troubles(applied)).toEqual([]);
    expect(stepsWith(applied, 'changed')).toEqual(expected);
  });

  it('a removed package: plan names it and what depends on it', async () => {
    await inside('nginx-01', 'dnf -q -y remove nginx');
    const plan = await site().plan();
    expect(troubles(plan)).toEqual([]);
    const planned = stepsWith(plan, 'pending', 'unknown');
    expect(planned.every((step) => step.startsWith('nginx-01: '))).toBe(true);
    expect(planned).toContain('nginx-01: yumPackage nginx, openssl, iptables-services');
    expect(planned).toContain('nginx-01: systemdService nginx');
    const applied = await site().apply();
    expect(troubles(applied)).toEqual([]);
    expect(planned).toEqual(expect.arrayContaining(stepsWith(applied, 'changed')));
    expect(stepsWith(await site().plan(), 'pending', 'unknown', 'failed')).toEqual([]);
  });
});
