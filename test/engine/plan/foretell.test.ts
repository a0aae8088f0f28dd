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
});
