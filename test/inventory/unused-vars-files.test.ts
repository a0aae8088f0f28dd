import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { unusedVarsFiles } from '../../src/inventory/unused-vars-files.ts';
import { projectFolder } from '../project-folder.ts';

const INVENTORY = 'webservers: { hosts: { web-01:, web-02: } }\nbalancers: { hosts: { lb-01: } }\n';

it.each<[files: string[], strays: string[]]>([
  [[], []],
  [['group_vars/webservers.yml', 'group_vars/all/a.yml', 'host_vars/web-01'], []],
  [['group_vars/webserver.yml'], ['group_vars/webserver.yml: webservers']],
  [['group_vars/balancer/a.yml'], ['group_vars/balancer: balancers']],
  [['host_vars/wbe-01.json'], ['host_vars/wbe-01.json: web-01']],
  // A host that is numbered otherwise, a group of its own: another inventory's.
  [['host_vars/web-03.yml', 'group_vars/databases.yml'], []],
  // Whoever wrote both knows the one that is meant.
  [['group_vars/webserver.yml', 'group_vars/webservers.yml'], []],
])('%s', async (files, strays) => {
  const root = projectFolder({
    'hosts.yml': INVENTORY,
    ...Object.fromEntries(files.map((file) => [file, 'a: 1\n'])),
  });
  const found = await unusedVarsFiles(await loadInventory(join(root, 'hosts.yml')));
  expect(found.map(({ path, meant }) => `${relative(root, path)}: ${meant}`)).toEqual(strays);
});
