import { type Host, mask } from '../../model/index.ts';
import { inventoryContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { writeDocument } from '../masked-streams.ts';
import type { InventoryListOptions } from '../query-commands.ts';
import { jsonDocument } from '../views/json.ts';
import { table } from '../views/table.ts';

/** The hosts that a pattern names, how they are reached, and their groups. */
export async function inventoryList(inquiry: InventoryListOptions): Promise<number> {
  const { hosts } = await inventoryContext(inquiry, inquiry.pattern);
  if (inquiry.json) writeDocument(`${jsonDocument('inventory list', hosts.map(documentOf), EXIT.done)}\n`);
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
