import { expect, it } from 'vitest';
import directors from '../../playbooks/directors.ts';
import loadbalancers from '../../playbooks/loadbalancers.ts';
import type { Facts, Host, Step } from '../../src/model/index.ts';
import { host } from './host.ts';

// Not every fact matters here.
const facts = { addresses: { eth0: ['192.0.2.1/24'] } } as unknown as Facts;
const hosts = [host('one', '192.0.2.1'), host('two', '192.0.2.2')];
const given = { vip: '192.0.2.9', vrrpAuthentication: 'none' };

it.each([
  ['loadbalancers.ts', 'loadbalancers', loadbalancers],
  ['directors.ts', 'directors', directors],
])(
  '%s lets the peer speak VRRP in the step that comes right after the firewall itself',
  (_, own, playbook) => {
    const group = (name: string): Host[] => (name === own ? hosts : [host('web', '192.0.2.61')]);
    const opened = (firewall: string) => {
      const [play] = playbook.plays;
      const vars = play?.vars?.parse({ ...given, firewall });
      const steps = play?.steps({ host: hosts[0], vars, group, facts } as never) as readonly Step[];
      const service = steps.findLastIndex(
        ({ kind, name }) => kind === 'iptablesService' || name === 'firewalld',
      );
      return steps[service + 1]?.manages;
    };
    expect(opened('iptables')).toEqual(
      expect.arrayContaining([
        expect.stringContaining('-A INPUT -s 192.0.2.2/32 -p vrrp -j ACCEPT'),
        expect.stringContaining('-A OUTPUT -p vrrp -j ACCEPT'),
      ]),
    );
    expect(opened('firewalld')).toContainEqual(
      expect.stringContaining('rule family="ipv4" source address="192.0.2.2" protocol value="vrrp" accept'),
    );
  },
);
