import ipaddr from 'ipaddr.js';

/** Is the address or net within the other one? A text that is neither proves nothing. */
export function addressIn(inner: string, outer: string): boolean {
  const [one, other] = [network(inner), network(outer)];
  if (!one || !other || one[0].kind() !== other[0].kind() || one[1] < other[1]) return false;
  return one[0].match(other[0], other[1]);
}

function network(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.parse(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    return undefined;
  }
}

/** Are the ports (`80`, `8000:8010`) among those of the list (`22,80,8000:8100`)? */
export function portsIn(inner: string, list: string): boolean {
  const [low, high] = range(inner);
  return list.split(',').some((one) => {
    const [from, to] = range(one);
    return from <= low && high <= to;
  });
}

function range(text: string): readonly [low: number, high: number] {
  const [low, high] = text.split(':');
  return [Number(low || 0), Number(high === undefined ? low : high || 65535)];
}
