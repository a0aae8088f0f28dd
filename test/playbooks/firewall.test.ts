import { describe, expect, it } from 'vitest';
import { firewall, firewallService, type Openings } from '../../playbooks/firewall.ts';

const labels = (choice: 'iptables' | 'firewalld', openings: Openings) =>
  firewall(choice, openings).flatMap(({ kind, manages }) => manages.map((object) => `${kind} ${object}`));

describe('what the playbooks open', () => {
  it.each<[string, Openings, iptables: string[], firewalld: string[]]>([
    ['nothing', {}, [], []],
    [
      'a port',
      { tcp: [80] },
      ['-A INPUT -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -j ACCEPT'],
      ['port=80/tcp'],
    ],
    [
      'what goes out, which firewalld lets pass anyway',
      { out: { tcp: [80], protocols: ['vrrp'] } },
      ['-A OUTPUT -p tcp -m tcp --dport 80 -j ACCEPT', '-A OUTPUT -p vrrp -j ACCEPT'],
      [],
    ],
    [
      'a protocol and a udp port',
      { udp: [546], protocols: ['vrrp'] },
      [
        '-A INPUT -p udp -m udp --dport 546 -m conntrack --ctstate NEW -j ACCEPT',
        '-A INPUT -p vrrp -j ACCEPT',
      ],
      ['port=546/udp', 'protocol=vrrp'],
    ],
    [
      'rules in the words of each',
      {
        iptables: ['-A INPUT -s 10.0.0.2/32 -p vrrp -j ACCEPT'],
        richRules: ['rule protocol value="vrrp" accept'],
      },
      ['-A INPUT -s 10.0.0.2/32 -p vrrp -j ACCEPT'],
      ['rich-rule=rule protocol value="vrrp" accept'],
    ],
  ])('%s', (_, openings, rules, items) => {
    expect(labels('iptables', openings)).toEqual(
      rules.map((rule) => `iptablesRules rule:ipv4:filter:${rule}`),
    );
    expect(labels('firewalld', openings)).toEqual(
      items.map((item) => `firewalldPorts firewalld:default:${item}`),
    );
  });

  it('each firewall keeps the other one out', () => {
    const owned = (choice: 'iptables' | 'firewalld') =>
      firewallService(choice).flatMap(({ manages }) => manages);
    expect(owned('iptables').sort()).toEqual(owned('firewalld').sort());
  });
});
