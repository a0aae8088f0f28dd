import { blocked, type Finding, ok } from '../../model/index.ts';
import type { Surroundings } from './look-around.ts';

interface Spec {
  readonly address: string;
  readonly peers: readonly string[];
}

export function decideAddress({ address, peers }: Spec, { own, reached, neighbours }: Surroundings): Finding {
  if (reached === 'own') return ok;
  if (reached === 'elsewhere') {
    return blocked(
      `${address} lies in none of the nets of this host: ${own.join(', ')}`,
      'Take an address of a net that its hosts are in, with a prefix length that says so.',
    );
  }
  if (reached === 'broadcast') {
    return blocked(
      `${address} is the broadcast address of a net of this host: ${own.join(', ')}`,
      'Take an address of the net that one host can have.',
    );
  }
  const holder = neighbours.get(address);
  if (holder?.mac === undefined) return ok;
  const known = peers.map((peer) => neighbours.get(peer));
  const elsewhere = known.some((peer) => peer !== undefined && peer.device !== holder.device);
  if (elsewhere || known.some((peer) => peer?.mac === holder.mac)) return ok;
  return blocked(
    `${address} answers already, from the MAC ${holder.mac}, which is not that of ${peers.join(', ') || 'this host'}`,
    'Another machine has this address: take it away there, or choose one that is free.',
  );
}
