import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { projectFolder } from '../project-folder.ts';
import { inventoryOf, inventoryText } from './inventory.ts';
import { DEFAULT_NET, labNet } from './names.ts';

const WITHOUT_DIRECTORS = /^(lb|nginx)-/;
const WITHOUT_BALANCERS = /^(lvs|nginx)-/;

it.each([
  [DEFAULT_NET, 'lab.yml', WITHOUT_DIRECTORS],
  ['10.7.0.0/24', 'lab.yml', WITHOUT_DIRECTORS],
  ['10.7.0.0/24', 'ipvs.yml', WITHOUT_BALANCERS],
])('the inventory of %s, %s, names its hosts', async (cidr, name, its) => {
  const net = labNet(cidr);
  const shipped = await readFile(resolve(import.meta.dirname, '../../inventory', name), 'utf8');
  const root = projectFolder({ [name]: inventoryText(shipped, net) });
  const { hosts } = await loadInventory(join(root, name));
  const addresses = (list: readonly { name: string; address: string }[]) =>
    list.map(({ name, address }) => `${name} ${address}`);
  expect(addresses(hosts)).toEqual(addresses(net.hosts.filter((host) => its.test(host.name))));
});

it('lies with the lab, but for the shipped one', () => {
  expect(inventoryOf(labNet(DEFAULT_NET))).toBe(resolve(import.meta.dirname, '../../inventory/lab.yml'));
  expect(inventoryOf(labNet('10.7.0.0/24'))).toBe('/var/lib/trueup-lab/10.7.0.0-24/inventory/lab.yml');
  expect(inventoryOf(labNet('10.7.0.0/24'), 'ipvs')).toBe(
    '/var/lib/trueup-lab/10.7.0.0-24/inventory/ipvs.yml',
  );
});
