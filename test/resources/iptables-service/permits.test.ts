import { expect, it } from 'vitest';
import { parseSave } from '../../../src/resources/iptables/parse-save.ts';
import { arrival, permits } from '../../../src/resources/iptables-service/permits.ts';
import { elSavedList } from '../iptables/lists.ts';

const ssh = arrival({ protocol: 'tcp', port: 22 }, '10.1.2.3', '10.1.2.4');
const accept = (match: string) => `-A INPUT ${match} -j ACCEPT`;
const REJECT = '-A INPUT -j REJECT --reject-with icmp-host-prohibited';

it.each([
  ['EL’s own list', elSavedList, true],
  ['a list of ports', accept('-p tcp -m multiport --dports 21:23,80'), true],
  ['a net that we come from', accept('-s 10.1.0.0/16 -p tcp -m tcp --dport 22'), true],
  [
    'the address that we came to',
    accept('-d 10.1.2.4/32 -p tcp -m comment --comment "a b" -m tcp --dport 22'),
    true,
  ],
  ['everything', accept('-m conntrack --ctstate NEW'), true],
  ['another port', accept('-p tcp -m tcp --dport 2222'), false],
  ['another net', accept('-s 10.2.0.0/16 -p tcp -m tcp --dport 22'), false],
  ['an interface, which we cannot judge', accept('-i eth0 -p tcp -m tcp --dport 22'), false],
  ['all but a net', accept('! -s 10.2.0.0/16 -p tcp -m tcp --dport 22'), false],
  ['a limit', accept('-p tcp -m tcp --dport 22 -m limit --limit 3/min'), false],
  ['established connections only', accept('-m state --state RELATED,ESTABLISHED'), false],
  ['a rule behind a REJECT', `${REJECT}\n${accept('-p tcp -m tcp --dport 22')}`, false],
  [
    'a rule behind a ban of others',
    `-A INPUT -s 10.9.0.0/16 -j DROP\n${accept('-p tcp -m tcp --dport 22')}`,
    true,
  ],
  ['a rule behind a jump', `:BAN - [0:0]\n-A INPUT -j BAN\n${accept('-p tcp -m tcp --dport 22')}`, true],
  ['no rule at all', '', false],
])('%s: %#', (_, text, admitted) => {
  expect(permits(parseSave(text), ssh)).toBe(admitted);
});

it('asks for an address where one is meant, and for whole ranges of ports', () => {
  const list = parseSave('-A INPUT -d fe80::/64 -p udp -m udp --dport 546:550 -j ACCEPT');
  const to = (port: string, where?: string) =>
    permits(list, arrival({ protocol: 'udp', port }, undefined, where));
  expect([to('546', 'fe80::/64'), to('546'), to('546-550', 'fe80::/64'), to('549-551', 'fe80::/64')]).toEqual(
    [true, false, true, false],
  );
});
