import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DEFAULT_NET, type Net } from './names.ts';

const SHIPPED = resolve(import.meta.dirname, '../../inventory');

/** Where the inventory of a lab lies: the shipped one is that of the default net, any other net has its own. */
export function inventoryOf(net: Net): string {
  return net.cidr === DEFAULT_NET ? join(SHIPPED, 'lab.yml') : join(net.state, 'inventory', 'lab.yml');
}

/** Writes the shipped inventory for another net, its vars beside it; returns where the net's inventory lies. */
export async function writeInventory(net: Net): Promise<string> {
  const file = inventoryOf(net);
  if (net.cidr === DEFAULT_NET) return file;
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  await cp(join(SHIPPED, 'group_vars'), join(folder, 'group_vars'), { recursive: true });
  await writeFile(file, inventoryText(await readFile(join(SHIPPED, 'lab.yml'), 'utf8'), net));
  return file;
}

/** With the addresses of the net. */
export function inventoryText(shipped: string, { number }: Pick<Net, 'number'>): string {
  return shipped.replaceAll('10.61.0.', `10.${number}.0.`);
}
