import { describe, expect, it } from 'vitest';
import { parseRule } from '../../../src/resources/iptables/parse-save.ts';
import { disjoint } from '../../../src/resources/iptables/place-rules.ts';

const rule = (match: string) => parseRule(`-A INPUT ${match} -j ACCEPT`);
const both = (a: string, b: string) => [disjoint(rule(a), rule(b)), disjoint(rule(b), rule(a))];

describe('no packet matches both', () => {
  it.each([
    ['-p tcp', '-p udp'],
    ['-p tcp -m tcp --dport 80', '-p tcp -m tcp --dport 443'],
    ['-p tcp -m tcp --dport 80', '-p tcp -m tcp --dport 81:90'],
    ['-p tcp -m tcp --dport 80', '-p tcp -m multiport --dports 22,443,1000:2000'],
    ['-p udp -m udp --sport 53', '-p udp -m multiport --sports 54'],
    ['-p tcp -m tcp --dport 0:79', '-p tcp -m tcp --dport 80:65535'],
    ['-i lo', '-i eth0'],
    ['-o lo', '-o eth0'],
    ['-s 10.0.0.0/8', '-s 192.168.0.0/16'],
    ['-d 10.0.0.1/32', '-d 10.0.0.2/32'],
    ['-s fd00::/8', '-s fe80::/10'],
    ['-m conntrack --ctstate NEW', '-m conntrack --ctstate RELATED,ESTABLISHED'],
    ['-m conntrack --ctstate NEW', '-m state --state RELATED,ESTABLISHED'],
    ['-p tcp -m tcp --dport 80', '-i lo -p tcp -m tcp --dport 443 -m limit --limit 3/min'],
  ])('%s and %s', (a, b) => {
    expect(both(a, b)).toEqual([true, true]);
  });
});

describe('a packet may match both', () => {
  it.each([
    ['', '-p tcp'],
    ['-p tcp -m tcp --dport 80', '-p tcp -m tcp --sport 443'],
    ['-p tcp -m tcp --dport 80', '-p tcp -m tcp --dport 70:80'],
    ['-p tcp -m tcp --dport 80', '-p tcp -m multiport --dports 22,80'],
    ['-p tcp -m tcp --dport 80', '-p tcp -m multiport --ports 22'],
    ['-p tcp -m tcp --dport 80', '-p tcp -m tcp ! --dport 80'],
    ['-p tcp -m tcp --dport 80', '-p tcp -m multiport ! --dports 80'],
    ['-p tcp -m tcp --dport 80', '-p tcp -m tcp ! --dport 443'],
    ['! -p tcp', '-p tcp'],
    ['! -p tcp', '-p udp'],
    ['-i lo', '! -i eth0'],
    ['! -s 10.0.0.0/8', '-s 192.168.0.0/16'],
    ['-m conntrack --ctstate NEW', '-m conntrack ! --ctstate INVALID'],
    ['-i eth0', '-i eth+'],
    ['-i lo', '! -i lo'],
    ['-i lo', '-o eth0'],
    ['-s 10.0.0.0/8', '-s 10.1.0.0/16'],
    ['-s 10.0.0.0/8', '-d 192.168.0.0/16'],
    ['! -s 10.0.0.0/8', '-s 10.1.0.0/16'],
    ['-s 10.0.0.1/255.0.0.255', '-s 10.0.0.2/32'],
    ['-m conntrack --ctstate NEW', '-m conntrack --ctstate NEW,ESTABLISHED'],
    ['-m conntrack --ctstate NEW', '-m conntrack ! --ctstate NEW'],
    ['-m conntrack --ctstate NEW', '-m conntrack --ctstate DNAT'],
    ['-m addrtype --dst-type LOCAL', '-m addrtype --dst-type BROADCAST'],
  ])('%s and %s', (a, b) => {
    expect(both(a, b)).toEqual([false, false]);
  });
});
