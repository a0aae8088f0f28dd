import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { InputError, type Play, type RequiresContext } from '../../src/model/index.ts';
import { definePlaybook } from '../../src/playbook/define-playbook.ts';
import { resolvePlays, type Selection } from '../../src/playbook/resolve-plays.ts';
import { projectFolder } from '../project-folder.ts';

const PAIR = `all:
  children:
    loadbalancers:
      hosts:
        lb-01: { priority: 150 }
        lb-02: { priority: 100 }
    webservers:
      hosts: { nginx-01: }
`;

const vars = z.object({ priority: z.int(), routerId: z.int().default(51) });
type Requires = (context: RequiresContext<z.output<typeof vars>>) => string[];

async function resolved(requires: Requires, selection: Selection = {}, text = PAIR): Promise<Play[]> {
  const file = join(projectFolder({ 'lab.yml': text }), 'lab.yml');
  const pair = definePlaybook({ name: 'Pair', hosts: 'loadbalancers', vars, requires, steps: () => [] });
  const web = definePlaybook({ name: 'Web', hosts: 'webservers', steps: () => [] });
  const { plays } = definePlaybook([web, pair]);
  return resolvePlays({ file: '/site.ts', plays }, await loadInventory(file), selection);
}

const distinct: Requires = ({ hosts }) =>
  new Set(hosts.map((each) => each.vars.priority)).size < hosts.length
    ? [`the same priority: ${hosts.map(({ host }) => host.name).join(', ')}`]
    : [];

describe('requires', () => {
  it('lets pass what is met', async () => {
    expect(await resolved(distinct)).toHaveLength(2);
  });

  it('knows all hosts of the play whatever --limit says, with their vars', async () => {
    let seen: unknown;
    await resolved(
      ({ hosts, group }) => {
        seen = [
          hosts.map((each) => [each.host.name, each.vars]),
          group('webservers').map(({ name }) => name),
        ];
        return [];
      },
      { limit: 'lb-02', extraVars: ['routerId=7'] },
    );
    expect(seen).toEqual([
      [
        ['lb-01', { priority: 150, routerId: 7 }],
        ['lb-02', { priority: 100, routerId: 7 }],
      ],
      ['nginx-01'],
    ]);
  });

  it('is not asked where the play has no host', async () => {
    expect(await resolved(() => ['never met'], { limit: 'webservers' })).toHaveLength(1);
  });

  it('refuses with the place of the play', async () => {
    const refused = resolved(distinct, { limit: 'lb-01', extraVars: ['priority=5'] });
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(
      /check-requirements.test.ts:\d+:\d+: the same priority: lb-01, lb-02$/,
    );
  });

  it('tells every mistake, each on its line', async () => {
    await expect(resolved(() => ['one', 'two'])).rejects.toThrow(
      /^\S+check-requirements.test.ts:\d+:\d+: one\n\S+check-requirements.test.ts:\d+:\d+: two$/,
    );
  });

  it('needs right vars of hosts outside of --limit too', async () => {
    const wrong = resolved(distinct, { limit: 'lb-01' }, PAIR.replace('100', 'low'));
    await expect(wrong).rejects.toThrow('host lb-02: var `priority`');
  });

  it.each<[what: string, requires: () => unknown, message: string]>([
    ['a promise', async () => [], 'expected a list of texts, got a promise: the function must not be async'],
    ['one text', () => 'x', 'expected a list of texts, got string'],
    ['nothing', () => undefined, 'expected a list of texts, got undefined'],
    ['a hole', () => [false], 'expected a list of texts, got one with something else in it'],
    ['an empty text', () => [' '], 'expected a list of texts, got one with something else in it'],
    [
      'an error of its own',
      () => {
        throw new Error('oh');
      },
      'oh',
    ],
  ])('refuses %s', async (_, requires, message) => {
    await expect(resolved(requires as Requires)).rejects.toThrow(`: requires of play Pair: ${message}`);
  });
});
