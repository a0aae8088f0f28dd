import { type Host, mask } from '../../model/index.ts';
import { EXIT } from '../exit-code.ts';
import type { ListInquiry } from '../inquiry.ts';
import { limitPattern } from '../limit-pattern.ts';
import { writeDocument } from '../masked-streams.ts';
import { jsonDocument } from '../views/json.ts';
import { table } from '../views/table.ts';

/** The hosts that a pattern names, how they are reached, and their groups. */
export async function inventoryList({
  inventory: file,
  pattern,
  maxHosts,
  json,
}: ListInquiry): Promise<number> {
  const { loadInventory } = await import('../../inventory/load-inventory.ts');
  const hosts = (await loadInventory(file, { maxHosts })).select(limitPattern(pattern));
  if (json) writeDocument(`${jsonDocument('inventory list', hosts.map(documentOf), EXIT.done)}\n`);
  else process.stdout.write(`${mask(table(hosts.map(row)))}\n`);
  return EXIT.done;
}

function documentOf({ name, address, port, user, groups }: Host): object {
  return { name, address, port, user, groups };
}

function row({ name, address, port, user, groups }: Host): string[] {
  const where = port === 22 ? `${user}@${address}` : `${user}@${address} port ${port}`;
  return [name, where, groups.join(', ')];
}
