import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DEFAULT_NET, type Net } from './names.ts';

const SHIPPED = resolve(import.meta.dirname, '../../inventory');

/** With the directors, or without. */
export type Inventory = 'lab' | 'ipvs';

/** Where the inventory of a lab lies: the shipped one is that of the default net, any other net has its own. */
export function inventoryOf(net: Net, name: Inventory = 'lab'): string {
  const folder = net.cidr === DEFAULT_NET ? SHIPPED : join(net.state, 'inventory');
  return join(folder, `${name}.yml`);
}

/** Writes the shipped inventory for another net, its vars beside it; returns where the net's inventory lies. */
export async function writeInventory(net: Net, name: Inventory = 'lab'): Promise<string> {
  const file = inventoryOf(net, name);
  if (net.cidr === DEFAULT_NET) return file;
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  await cp(join(SHIPPED, 'group_vars'), join(folder, 'group_vars'), { recursive: true });
  await writeFile(file, inventoryText(await readFile(join(SHIPPED, `${name}.yml`), 'utf8'), net));
  return file;
}

/** With the addresses of the net. */
export function inventoryText(shipped: string, { number }: Pick<Net, 'number'>): string {
  return shipped.replaceAll('10.61.0.', `10.${number}.0.`);
}
