import { expect, it } from 'vitest';
import { decideAddress, parseSurroundings, virtualAddress } from '../../src/resources/virtual-address.ts';

const OWN = 'own eth0    inet 10.0.0.11/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever\n';
const IN_NET = `${OWN}route 10.0.0.50 dev eth0 src 10.0.0.11 uid 0 \\    cache \n`;
const PEER = 'neighbour 10.0.0.12 10.0.0.12 dev eth0 lladdr 52:54:00:00:00:12 REACHABLE\n';

const NET = {
  status: 'blocked',
  reason: '10.0.0.50 lies in none of the nets of this host: eth0 10.0.0.11/24',
  advice: 'Take an address of a net that its hosts are in, with a prefix length that says so.',
};
const TAKEN = {
  status: 'blocked',
  reason: '10.0.0.50 answers already, from the MAC 52:54:00:00:00:99, which is not that of 10.0.0.12',
  advice: 'Another machine has this address: take it away there, or choose one that is free.',
};
const OK = { status: 'ok' };

it.each([
  ['it is here', `${OWN}route local 10.0.0.50 dev lo src 10.0.0.50 uid 0 \\    cache <local> \n`, OK],
  ['nobody has it', `${IN_NET}neighbour 10.0.0.50 10.0.0.50 dev eth0 FAILED\n${PEER}`, OK],
  ['nobody has it yet', `${IN_NET}neighbour 10.0.0.50 10.0.0.50 dev eth0 INCOMPLETE\n${PEER}`, OK],
  ['a peer has it', `${IN_NET}${PEER}${PEER.replaceAll('10.0.0.12', '10.0.0.50')}`, OK],
  [
    'a stranger has it',
    `${IN_NET}neighbour 10.0.0.50 10.0.0.50 dev eth0 lladdr 52:54:00:00:00:99 REACHABLE\n${PEER}`,
    TAKEN,
  ],
  [
    'a stranger has it, and the peer is off',
    `${IN_NET}neighbour 10.0.0.50 10.0.0.50 dev eth0 lladdr 52:54:00:00:00:99 STALE\nneighbour 10.0.0.12 10.0.0.12 dev eth0 FAILED\n`,
    TAKEN,
  ],
  [
    'somebody has it, and the peers are behind another interface',
    `${IN_NET}neighbour 10.0.0.50 10.0.0.50 dev eth0 lladdr 52:54:00:00:00:99 REACHABLE\n${PEER.replace('eth0', 'eth1')}`,
    OK,
  ],
  ['it is reached by a gateway', `${OWN}route 10.0.0.50 via 10.0.0.1 dev eth0 src 10.0.0.11\n`, NET],
  [
    'it is that of all hosts',
    `${OWN}route broadcast 10.0.0.50 dev eth0 src 10.0.0.11 uid 0 \\    cache <local,brd> \n`,
    {
      status: 'blocked',
      reason: '10.0.0.50 is the broadcast address of a net of this host: eth0 10.0.0.11/24',
      advice: 'Take an address of the net that one host can have.',
    },
  ],
  ['there is no way to it', `${OWN}route unreachable\n`, NET],
])('%s', (_, said, finding) => {
  expect(decideAddress({ address: '10.0.0.50', peers: ['10.0.0.12'] }, parseSurroundings(said))).toEqual(
    finding,
  );
});

it('a missing tool is no answer', () => {
  expect(() => parseSurroundings('missing ping\n')).toThrow('the host does not have ping');
});

it('owns the address on its host', () => {
  expect(virtualAddress({ address: '10.0.0.50' })).toMatchObject({
    label: 'virtualAddress 10.0.0.50',
    manages: ['address:10.0.0.50'],
  });
});
