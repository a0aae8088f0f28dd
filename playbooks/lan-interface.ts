import type { Facts, Host } from 'trueup';
import { lanAddress } from './lan-address.ts';

/** The interface that carries the host's own address. */
export function lanInterface(host: Host, { addresses }: Facts): string {
  const own = lanAddress(host);
  const found = Object.entries(addresses).find(([, all]) =>
    all.some((address) => address.split('/')[0] === own),
  );
  if (found) return found[0];
  throw new Error(
    `host ${host.name}: none of its interfaces has the address ${own}: set the var \`interface\``,
  );
}
