import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { projectFolder } from '../project-folder.ts';
import { inventoryOf, inventoryText } from './inventory.ts';
import { DEFAULT_NET, labNet } from './names.ts';

it.each([DEFAULT_NET, '10.7.0.0/24'])('the inventory of %s names its hosts', async (cidr) => {
  const net = labNet(cidr);
  const shipped = await readFile(resolve(import.meta.dirname, '../../inventory/lab.yml'), 'utf8');
  const root = projectFolder({ 'lab.yml': inventoryText(shipped, net) });
  const { hosts } = await loadInventory(join(root, 'lab.yml'));
  const addresses = (list: readonly { name: string; address: string }[]) =>
    list.map(({ name, address }) => `${name} ${address}`);
  expect(addresses(hosts)).toEqual(addresses(net.hosts));
});

it('lies with the lab, but for the shipped one', () => {
  expect(inventoryOf(labNet(DEFAULT_NET))).toBe(resolve(import.meta.dirname, '../../inventory/lab.yml'));
  expect(inventoryOf(labNet('10.7.0.0/24'))).toBe('/var/lib/trueup-lab/10.7.0.0-24/inventory/lab.yml');
});
