import { z } from 'zod';
import { blocked, defineResource, type Finding, ok, ProbeError, type Reader, shell } from '../model/index.ts';

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

interface Neighbour {
  /** The interface that it was asked for on. */
  readonly device: string;
  /** None: nobody answers. */
  readonly mac?: string;
}

interface Surroundings {
  /** What the host's interfaces have, such as `eth0 192.0.2.11/24`. */
  readonly own: readonly string[];
  /** How the first of the addresses is reached: it is the host's own, in one of its nets, or not; or it is all hosts of the net. */
  readonly reached: 'own' | 'in a net' | 'broadcast' | 'elsewhere';
  /** Who answers for each address, if the first lies in a net of the host's. */
  readonly neighbours: ReadonlyMap<string, Neighbour>;
}

/**
 * $1: the virtual address; the others are its peers'. Before a ping the kernel asks for the MAC, and that counts. What it
 * has in its cache may be half a minute old: where nothing answers the ping, the cache is emptied and it asks anew.
 * A ping that the host itself refuses to send has asked nobody: an address that is taken would look free.
 */
const SCRIPT = `for t in ip ping; do command -v $t >/dev/null || { echo "missing $t"; exit 0; }; done
refuse() { printf '%s\\n' "$1" >&2; exit 2; }
r=$(ip -o -4 addr show scope global) || exit 2
printf '%s\\n' "$r" | sed 's/^[0-9]*: */own /'
r=$(ip -o route get "$1" 2>&1) || case $r in
*'ermission denied'* | *'not permitted'*) refuse "ip route get $1: $r" ;;
*) r=unreachable ;;
esac
echo "route $r"
case $r in local*|broadcast*|unreachable*|*' via '*) exit 0 ;; esac
ask() {
  s=$(ping -n -c 1 -W 1 "$1" 2>&1)
  p=$?
  case $s in *'ermission denied'* | *'not permitted'*) refuse "ping $1: $s" ;; esac
  e=$(ip -4 neigh show to "$1") || exit 2
}
ask "$1"
case $p$e in
0*) ;;
*' lladdr '*) d=\${e#* dev }; ip neigh del "$1" dev "\${d%% *}" 2>/dev/null; ask "$1" ;;
esac
echo "neighbour $1 $e"
case $e in *' lladdr '*) ;; *) exit 0 ;; esac
shift
for a; do ask "$a"; echo "neighbour $a $e"; done`;

async function lookAround(addresses: readonly string[], host: Reader): Promise<Surroundings> {
  const { stdout } = await host.probe(shell(SCRIPT, ...addresses), { limit: 60 });
  return parseSurroundings(stdout);
}

export function parseSurroundings(text: string): Surroundings {
  const missing = /^missing (\w+)$/m.exec(text)?.[1];
  if (missing !== undefined) throw new ProbeError(`the host does not have ${missing}`, { missing });
  const lines = (begin: string) =>
    text.split('\n').flatMap((line) => (line.startsWith(`${begin} `) ? [line.slice(begin.length + 1)] : []));
  const own = lines('own').map((line) => line.replace(/^(\S+)\s+inet (\S+).*$/, '$1 $2'));
  return {
    own,
    reached: reachedBy(lines('route')[0] ?? ''),
    neighbours: new Map(lines('neighbour').map(parseNeighbour)),
  };
}

function reachedBy(route: string): Surroundings['reached'] {
  if (route.startsWith('local ')) return 'own';
  if (route.startsWith('broadcast ')) return 'broadcast';
  return / via /.test(route) || !/ dev /.test(route) ? 'elsewhere' : 'in a net';
}

/** `10.0.0.50 10.0.0.50 dev eth0 lladdr 52:54:00:00:00:50 REACHABLE`; a failed one has no lladdr. */
function parseNeighbour(line: string): [string, Neighbour] {
  const [address = ''] = line.split(' ');
  const device = / dev (\S+)/.exec(line)?.[1] ?? '';
  const mac = / lladdr (\S+)/.exec(line)?.[1];
  return [address, mac === undefined ? { device } : { device, mac }];
}
