import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { definePlaybook } from '../../src/playbook/define-playbook.ts';
import { resolvePlays } from '../../src/playbook/resolve-plays.ts';
import { projectFolder } from '../project-folder.ts';

const { plays } = definePlaybook({ name: 'All', hosts: 'all', vars: z.object({}), steps: () => [] });

async function resolve(hosts: string, limit?: string): Promise<number> {
  const file = join(projectFolder({ 'hosts.yml': `all:\n  hosts: ${hosts}\n` }), 'hosts.yml');
  const selected = resolvePlays({ file: '/p.ts', plays }, await loadInventory(file), { limit });
  return selected[0]?.hosts.length ?? 0;
}

describe('checkDuplicateHosts', () => {
  it('refuses two names for one machine, with the line of the second', async () => {
    await expect(resolve('{ a: { address: 192.0.2.1 }, b: { address: 192.0.2.1 } }')).rejects.toMatchObject({
      message: expect.stringContaining('a and b are one host: both have the address 192.0.2.1'),
      place: { line: 2 },
    });
  });

  it.each([
    ['another port', '{ a: { address: 192.0.2.1 }, b: { address: 192.0.2.1, port: 2222 } }', undefined, 2],
    ['another way', '{ a: { address: 10.0.0.1, jump: x }, b: { address: 10.0.0.1, jump: y } }', undefined, 2],
    ['one of them', '{ a: { address: 192.0.2.1 }, b: { address: 192.0.2.1 } }', 'b', 1],
  ])('takes %s', async (_name, hosts, limit, count) => {
    expect(await resolve(hosts, limit)).toBe(count);
  });
});
