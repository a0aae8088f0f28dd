import { type Host, InputError, type Place } from '../model/index.ts';

/**
 * Where the inventory's `jump` names a host of the inventory, that host is the hop, with all that leads to it. A
 * host that would jump through itself, as the jump host of all hosts does, needs no hop.
 */
export function linkJumps(hosts: readonly Host[], placeOf: (host: string) => Place | undefined): Host[] {
  let hops = 0;
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const link = (host: Host, trail: readonly string[]): Host => {
    const { jump, ...rest } = host;
    const place = placeOf(host.name);
    if (jump === undefined || place === undefined) return host;
    const way = [...trail, host.name];
    const linked = jump
      .filter((hop) => hop !== host.name)
      .map((hop) => {
        hops += 1;
        if (hops > MOST_HOPS)
          throw new InputError(`more than ${MOST_HOPS} jump hosts lead to ${way[0]}`, { place });
        const known = typeof hop === 'string' ? byName.get(hop) : undefined;
        if (known && way.includes(known.name))
          throw new InputError(`jump runs in a circle: ${[...way, known.name].join(' → ')}`, { place });
        return known ? link(known, way) : hop;
      });
    return linked.length === 0 ? rest : { ...rest, jump: linked };
  };
  return hosts.map((host) => {
    hops = 0;
    return link(host, []);
  });
}

/** Each jump host may have jump hosts of its own: a few lines could stand for millions. */
const MOST_HOPS = 32;
