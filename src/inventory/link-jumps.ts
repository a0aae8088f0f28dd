import { type Host, InputError, type Place } from '../model/index.ts';

/**
 * Where the inventory's `jump` names a host of the inventory, that host is the hop, with all that leads to it. A
 * host that would jump through itself, as the jump host of all hosts does, needs no hop.
 */
export function linkJumps(hosts: readonly Host[], placeOf: (host: string) => Place | undefined): Host[] {
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const link = (host: Host, trail: readonly string[]): Host => {
    const { jump, ...rest } = host;
    const place = placeOf(host.name);
    if (jump === undefined || place === undefined) return host;
    const way = [...trail, host.name];
    const hops = jump
      .filter((hop) => hop !== host.name)
      .map((hop) => {
        const known = typeof hop === 'string' ? byName.get(hop) : undefined;
        if (known && way.includes(known.name))
          throw new InputError(`jump runs in a circle: ${[...way, known.name].join(' → ')}`, { place });
        return known ? link(known, way) : hop;
      });
    return hops.length === 0 ? rest : { ...rest, jump: hops };
  };
  return hosts.map((host) => link(host, []));
}
