import type { Facts, Host } from 'trueup';
import { lanAddress } from './lan-address.ts';

/** The interface that carries the host's own address, or the one that is wanted, if the host has it. */
export function lanInterface(host: Host, { addresses }: Facts, wanted?: string): string {
  if (wanted !== undefined && addresses[wanted]) return wanted;
  if (wanted !== undefined) {
    const names = Object.keys(addresses).join(', ');
    throw new Error(
      `host ${host.name}: no interface ${wanted} has an address there, only ${names}: mend the var \`interface\``,
    );
  }
  const own = lanAddress(host);
  const found = Object.entries(addresses).find(([, all]) =>
    all.some((address) => address.split('/')[0] === own),
  );
  if (found) return found[0];
  throw new Error(
    `host ${host.name}: none of its interfaces has the address ${own}: set the var \`interface\``,
  );
}
