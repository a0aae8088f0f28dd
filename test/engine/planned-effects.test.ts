import { describe, expect, it } from 'vitest';
import { PlannedEffects } from '../../src/engine/planned-effects.ts';

describe('PlannedEffects', () => {
  it('knows nothing at first', () => {
    const effects = new PlannedEffects();
    expect(effects.pending).toBeUndefined();
    expect(effects.unit('haproxy.service')).toBeUndefined();
  });

  it('tells which step brings a path, a command, a unit, a change', () => {
    const effects = new PlannedEffects();
    effects.add('yumPackage haproxy', {
      appears: ['/usr/sbin/haproxy', '/usr/lib/systemd/system/haproxy.service', '/etc/haproxy'],
    });
    effects.add('file /etc/haproxy/haproxy.cfg', { changes: ['/etc/haproxy/haproxy.cfg'] });
    const byPackage = { step: 'yumPackage haproxy', certain: true };
    expect(effects.pending).toBe('yumPackage haproxy');
    expect(effects.command('haproxy')).toEqual(byPackage);
    expect(effects.command('/usr/sbin/haproxy')).toEqual(byPackage);
    expect(effects.unit('haproxy.service')).toEqual(byPackage);
    expect(effects.appears('/etc/haproxy')).toEqual(byPackage);
    expect(effects.changes('/etc/haproxy/haproxy.cfg')?.step).toBe('file /etc/haproxy/haproxy.cfg');
    expect(effects.below('/etc/haproxy')).toEqual(byPackage);
    expect(effects.below('/etc/hap')).toBeUndefined();
    expect(effects.command('nginx')).toBeUndefined();
  });

  it('tells which step starts a unit, which a unit that appears does not do by itself', () => {
    const effects = new PlannedEffects();
    effects.add('yumPackage firewalld', { appears: ['/usr/lib/systemd/system/firewalld.service'] });
    expect(effects.runs('firewalld.service')).toBeUndefined();
    effects.add('systemdService firewalld', { runs: ['firewalld.service'] });
    expect(effects.runs('firewalld.service')).toEqual({ step: 'systemdService firewalld', certain: true });
  });

  it('is not certain of what could not be asked', () => {
    const effects = new PlannedEffects();
    effects.add('yumPackage haproxy', { more: true });
    expect(effects.unit('haproxy.service')).toEqual({ step: 'yumPackage haproxy', certain: false });
    expect(effects.changes('/etc/haproxy/haproxy.cfg')).toBeUndefined();
  });

  it('tells which rule for labels is about a path: the last one, over whole paths', () => {
    const effects = new PlannedEffects();
    effects.add('selinuxContext /srv/app', {
      labels: [{ pattern: '/srv/app(/.*)?', type: 'usr_t', restored: false }],
    });
    effects.add('selinuxContext /srv/app/log', { labels: [{ pattern: '/srv/app/log', restored: true }] });
    expect(effects.label('/srv/app')).toMatchObject({ step: 'selinuxContext /srv/app', type: 'usr_t' });
    expect(effects.label('/srv/app/log')?.step).toBe('selinuxContext /srv/app/log');
    expect(effects.label('/srv/application')).toBeUndefined();
    expect(effects.touches('/srv/app/x')).toBeUndefined();
    expect(effects.touches('/srv/app/log')?.step).toBe('selinuxContext /srv/app/log');
  });

  it('takes a rule that only PCRE understands for one about all below its literal beginning', () => {
    const effects = new PlannedEffects();
    effects.add('selinuxContext', { labels: [{ pattern: '/srv/(?i)app', restored: true }] });
    expect([effects.label('/srv/x')?.step, effects.label('/etc/x')]).toEqual(['selinuxContext', undefined]);
  });
});
