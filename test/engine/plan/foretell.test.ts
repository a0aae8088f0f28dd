import { describe, expect, it } from 'vitest';
import { Foreteller } from '../../../src/engine/plan/foretell.ts';

describe('Foreteller', () => {
  it('knows nothing at first', () => {
    const foretold = new Foreteller();
    expect(foretold.pending).toBeUndefined();
    expect(foretold.unit('haproxy.service')).toBeUndefined();
  });

  it('tells which step brings a path, a command, a unit, a change', () => {
    const foretold = new Foreteller();
    foretold.add('yumPackage haproxy', {
      appears: ['/usr/sbin/haproxy', '/usr/lib/systemd/system/haproxy.service', '/etc/haproxy'],
    });
    foretold.add('file /etc/haproxy/haproxy.cfg', { changes: ['/etc/haproxy/haproxy.cfg'] });
    const byPackage = { step: 'yumPackage haproxy', certain: true };
    expect(foretold.pending).toBe('yumPackage haproxy');
    expect(foretold.command('haproxy')).toEqual(byPackage);
    expect(foretold.command('/usr/sbin/haproxy')).toEqual(byPackage);
    expect(foretold.unit('haproxy.service')).toEqual(byPackage);
    expect(foretold.appears('/etc/haproxy')).toEqual(byPackage);
    expect(foretold.changes('/etc/haproxy/haproxy.cfg')?.step).toBe('file /etc/haproxy/haproxy.cfg');
    expect(foretold.below('/etc/haproxy')).toEqual(byPackage);
    expect(foretold.below('/etc/hap')).toBeUndefined();
    expect(foretold.command('nginx')).toBeUndefined();
  });

  it('tells which step starts a unit, which a unit that appears does not do by itself', () => {
    const foretold = new Foreteller();
    foretold.add('yumPackage firewalld', { appears: ['/usr/lib/systemd/system/firewalld.service'] });
    expect(foretold.runs('firewalld.service')).toBeUndefined();
    foretold.add('systemdService firewalld', { runs: ['firewalld.service'] });
    expect(foretold.runs('firewalld.service')).toEqual({ step: 'systemdService firewalld', certain: true });
  });

  it('is not certain of what could not be asked', () => {
    const foretold = new Foreteller();
    foretold.add('yumPackage haproxy', { more: true });
    expect(foretold.unit('haproxy.service')).toEqual({ step: 'yumPackage haproxy', certain: false });
    expect(foretold.changes('/etc/haproxy/haproxy.cfg')).toBeUndefined();
  });

  it('tells which rule for labels is about a path: the last one, over whole paths', () => {
    const foretold = new Foreteller();
    foretold.add('selinuxContext /srv/app', {
      labels: [{ pattern: '/srv/app(/.*)?', type: 'usr_t', restored: false }],
    });
    foretold.add('selinuxContext /srv/app/log', { labels: [{ pattern: '/srv/app/log', restored: true }] });
    expect(foretold.label('/srv/app')).toMatchObject({ step: 'selinuxContext /srv/app', type: 'usr_t' });
    expect(foretold.label('/srv/app/log')?.step).toBe('selinuxContext /srv/app/log');
    expect(foretold.label('/srv/application')).toBeUndefined();
    expect(foretold.touches('/srv/app/x')).toBeUndefined();
    expect(foretold.touches('/srv/app/log')?.step).toBe('selinuxContext /srv/app/log');
  });

  it('takes a rule that only PCRE understands for one about all below its literal beginning', () => {
    const foretold = new Foreteller();
    foretold.add('selinuxContext', { labels: [{ pattern: '/srv/(?i)app', restored: true }] });
    expect([foretold.label('/srv/x')?.step, foretold.label('/etc/x')]).toEqual(['selinuxContext', undefined]);
  });
});
