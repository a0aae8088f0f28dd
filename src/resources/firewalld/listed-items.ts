import { portsIn } from '../ports/within.ts';
import type { Item } from './ports-spec.ts';
import type { ZoneText } from './zone-text.ts';

/** Those of the items that a zone shows; a port may be one of a range. */
export function listedItems(zone: ZoneText, items: readonly Item[]): Set<Item> {
  const listed = new Set([
    ...zone.values('services').map((name) => `service=${name}`),
    ...zone.values('protocols').map((name) => `protocol=${name}`),
    ...zone.values('rich rules').map((rule) => `rich-rule=${rule}`),
  ]);
  const ports = zone.values('ports');
  return new Set(items.filter((item) => listed.has(item) || ports.some((range) => isWithin(item, range))));
}

function isWithin(item: Item, listed: string): boolean {
  const [port = '', protocol = ''] = item.replace(/^port=/, '').split('/');
  const [range = '', other] = listed.split('/');
  return item.startsWith('port=') && protocol === other && portsIn(colon(port), colon(range));
}

/** firewalld writes a range with a dash, iptables with a colon. */
function colon(range: string): string {
  return range.replace('-', ':');
}
