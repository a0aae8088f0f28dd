import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { definePlaybook } from '../../src/playbook/define-playbook.ts';
import { likelyTypos } from '../../src/playbook/likely-typos.ts';
import { projectFolder } from '../project-folder.ts';

const { plays } = definePlaybook({
  name: 'Greeting',
  hosts: 'all',
  vars: z.object({ motd: z.string().default('hello'), other: z.string().optional() }),
  steps: () => [],
});

async function doubts(vars: string): Promise<string[]> {
  const file = join(
    projectFolder({ 'hosts.yml': `all:\n  vars: ${vars}\n  hosts: { a:, b: }\n` }),
    'hosts.yml',
  );
  const found = likelyTypos(plays, await loadInventory(file));
  return found.map(({ name, meant, place }) => `${name}, ${meant}, line ${place.line}`);
}

describe('likelyTypos', () => {
  it.each([
    ['{ mtod: hi }', ['mtod, motd, line 2']],
    ['{ motd: hi }', []],
    // Somebody wrote both on purpose.
    ['{ mtod: hi, motd: hi }', []],
    // Another playbook's.
    ['{ http_port: 80 }', []],
  ])('%s', async (vars, expected) => {
    expect(await doubts(vars)).toEqual(expected);
  });
});
