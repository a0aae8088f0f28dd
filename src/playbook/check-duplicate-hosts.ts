import { type Host, InputError, type Inventory, startOf } from '../model/index.ts';

/** Refuses two names for one machine: a run would change it twice at once, each time over the other. */
export function checkDuplicateHosts(hosts: Iterable<Host>, inventory: Inventory): void {
  const seen = new Map<string, Host>();
  for (const host of hosts) {
    const way = JSON.stringify([host.address, host.port, host.jump, host.proxyCommand]);
    const twin = seen.get(way);
    if (twin && twin.name !== host.name) throw twins(twin, host, inventory);
    seen.set(way, host);
  }
}

function twins(one: Host, other: Host, inventory: Inventory): InputError {
  const message = `${one.name} and ${other.name} are one host: both have the address ${other.address}`;
  const place = inventory.placeOf(other.name, 'address') ?? startOf(inventory.file);
  const advice = `Keep one of them, or take one with --limit: ${one.name} and ${other.name} would be changed at once.`;
  return new InputError(message, { place, advice });
}
