import { z } from 'zod';
import { defineResource } from '../model/index.ts';
import { decideAddress } from './virtual-address/decide.ts';
import { lookAround } from './virtual-address/look-around.ts';

const address = z.ipv4('expected an IPv4 address');

const schema = z.strictObject({
  /** The address that moves between this host and its peers. */
  address,
  /** The other hosts that may hold it, by the addresses that this host reaches them by. */
  peers: z.array(address).default([]),
});

/**
 * Makes sure that a host may hold an address which moves between hosts, before anything there is touched. It only
 * looks: there is never anything to change.
 *
 * It is blocked where the address lies in none of the nets of the host's interfaces, where it is the broadcast address of
 * one, and where it answers already from a machine that is neither this host nor a peer. Who answers is told by its MAC,
 * so a machine that does not answer ping(8) is found too. Where the peers are reached through another interface than the
 * address, their MACs say nothing of it, and an answer is taken for theirs.
 *
 * - `address`: an IPv4 address.
 * - `peers`: the addresses of the other hosts that may hold it. Default none.
 *
 * It needs ip(8) and ping(8) on the host. See ip-neighbour(8), and RFC 5227 for what two machines with one address do.
 *
 *     virtualAddress({ address: '10.61.0.50', peers: ['10.61.0.12'] })
 */
export const virtualAddress = defineResource({
  kind: 'virtualAddress',
  schema,
  name: (spec) => spec.address,
  manages: (spec) => [`address:${spec.address}`],
  read: (spec, host) => lookAround([spec.address, ...spec.peers], host),
  diff: decideAddress,
});
