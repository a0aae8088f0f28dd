import { describe, expect, it } from 'vitest';
import { parseRule } from '../../../src/resources/iptables/parse-save.ts';

describe('parseRule', () => {
  it('takes a rule apart', () => {
    expect(
      parseRule('-A INPUT ! -s 10.0.0.0/8 -p tcp -m tcp ! --dport 80:90 -j REJECT --reject-with tcp-reset'),
    ).toMatchObject({
      chain: 'INPUT',
      options: [
        { name: '-s', negated: true, values: ['10.0.0.0/8'] },
        { name: '-p', negated: false, values: ['tcp'] },
      ],
      matches: [{ name: 'tcp', options: [{ name: '--dport', negated: true, values: ['80:90'] }] }],
      target: ['-j', 'REJECT', '--reject-with', 'tcp-reset'],
    });
  });

  it('reads a rule without a target', () => {
    expect(parseRule('-A INPUT -i lo').target).toEqual([]);
  });

  it('does not take a comment for an option', () => {
    const rule = parseRule('-A INPUT -m comment --comment -j -m tcp --dport 80 -j ACCEPT');
    expect(rule.target).toEqual(['-j', 'ACCEPT']);
    expect(rule.matches).toMatchObject([{ options: [{ values: ['-j'] }] }, { name: 'tcp' }]);
  });
});

describe('the key of a rule', () => {
  const same = (a: string, b: string) => parseRule(a).key === parseRule(b).key;

  it.each([
    [
      '-A INPUT -p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -j ACCEPT',
      '-A INPUT -p tcp -m conntrack --ctstate NEW -m tcp --dport 80 -j ACCEPT',
    ],
    ['-A INPUT -m conntrack --ctstate NEW -j ACCEPT', '-A INPUT -m state --state NEW -j ACCEPT'],
    ['-A INPUT -p tcp -m tcp -j ACCEPT', '-A INPUT -p tcp -j ACCEPT'],
  ])('is equal for %s and %s', (a, b) => {
    expect(same(a, b)).toBe(true);
  });

  it.each([
    ['-A INPUT -p tcp -j ACCEPT', '-A INPUT -p udp -j ACCEPT'],
    ['-A INPUT -s 10.0.0.1/32 -j ACCEPT', '-A INPUT ! -s 10.0.0.1/32 -j ACCEPT'],
    ['-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT', '-A INPUT -p tcp -m tcp --sport 80 -j ACCEPT'],
    [
      '-A INPUT -p tcp -m tcp --tcp-flags SYN,RST SYN -j ACCEPT',
      '-A INPUT -p tcp -m tcp --tcp-flags SYN RST,SYN -j ACCEPT',
    ],
    ['-A INPUT -j REJECT --reject-with tcp-reset', '-A INPUT -j REJECT --reject-with icmp-net-prohibited'],
    ['-A INPUT -p tcp -m socket -j ACCEPT', '-A INPUT -p tcp -j ACCEPT'],
    ['-A INPUT -j FOO', '-A INPUT -g FOO'],
  ])('differs for %s and %s', (a, b) => {
    expect(same(a, b)).toBe(false);
  });
});
