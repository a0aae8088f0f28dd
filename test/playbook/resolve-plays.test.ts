import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import {
  type Facts,
  FactsNeeded,
  InputError,
  type Inventory,
  type PlayContext,
} from '../../src/model/index.ts';
import { definePlaybook, type PlaySpec } from '../../src/playbook/define-playbook.ts';
import { resolvePlays } from '../../src/playbook/resolve-plays.ts';
import { file } from '../../src/resources/file.ts';
import { projectFolder } from '../project-folder.ts';

const LAB = `
all:
  children:
    loadbalancers:
      vars: { maxconn: 100, version: 1.10 }
      hosts: { lb-01: { weight: 3 }, lb-02: }
    webservers:
      hosts: { nginx-01:, nginx-02: { adress: x } }
`;

function lab(text = LAB): Promise<Inventory> {
  return loadInventory(join(projectFolder({ 'lab.yml': text }), 'lab.yml'));
}

const loadbalancers = definePlaybook({
  name: 'Balancers',
  hosts: 'loadbalancers',
  vars: z.object({ maxconn: z.int(), weight: z.int().default(1) }),
  steps: ({ host, vars }) => [file({ path: `/etc/${host.name}`, content: `${vars.maxconn} ${vars.weight}` })],
});
const webservers = definePlaybook({
  name: 'Web',
  hosts: 'webservers',
  vars: z.object({ adress: z.string().optional(), greeting: z.string().default('hi') }),
  steps: () => [],
});
const site = { file: '/site.ts', plays: definePlaybook([webservers, loadbalancers]).plays };
const onlyWeb = { file: '/web.ts', plays: webservers.plays };
const onlyBalancers = { file: '/lb.ts', plays: loadbalancers.plays };

describe('resolvePlays', () => {
  it('gives the plays in their order, each with its hosts and their checked vars', async () => {
    const plays = resolvePlays(site, await lab(), {});
    expect(plays.map(({ name, hosts }) => [name, hosts.map((host) => host.name)])).toEqual([
      ['Web', ['nginx-01', 'nginx-02']],
      ['Balancers', ['lb-01', 'lb-02']],
    ]);
    const step = plays[1]?.hosts.map((host) => plays[1]?.steps(host, undefined)[0]?.label);
    expect(step).toEqual(['file /etc/lb-01', 'file /etc/lb-02']);
  });

  it.each([
    ['lb-02', [['Balancers', ['lb-02']]]],
    [
      'nginx-01,lb-01',
      [
        ['Web', ['nginx-01']],
        ['Balancers', ['lb-01']],
      ],
    ],
    ['!lb-01,!webservers', [['Balancers', ['lb-02']]]],
  ])('keeps to --limit %s, and leaves out plays that have no host then', async (limit, expected) => {
    const inventory = await lab(LAB.replace('adress', 'x'));
    const plays = resolvePlays(site, inventory, { limit });
    expect(plays.map(({ name, hosts }) => [name, hosts.map((host) => host.name)])).toEqual(expected);
  });

  it.each<[vars: string[], maxconn: unknown, weight: unknown, note?: string]>([
    [[], 100, 3],
    [['note=new'], 100, 3, 'new'],
    [['maxconn=200'], 200, 3],
    [['note=0644'], 100, 3, '0644'],
    [['note="0644"'], 100, 3, '0644'],
    [['note=1.10', 'maxconn=200'], 200, 3, '1.10'],
    [['note=null'], 100, 3, 'null'],
    [['maxconn=200', 'maxconn=300', 'weight=0x10'], 300, 16],
  ])('puts -e %j over the inventory', async (extraVars, maxconn, weight, note) => {
    expect(varsSeen(await lab(), extraVars)).toEqual({ maxconn, weight, note });
  });

  it('gives all steps of a play its tags', async () => {
    const play = definePlaybook({
      name: 'Tagged',
      hosts: 'lb-01',
      tags: ['base'],
      steps: () => [file({ path: '/a', content: '', tags: ['own'] }), file({ path: '/b', content: '' })],
    });
    const inventory = await lab(LAB.replace('adress', 'x'));
    const [resolved] = resolvePlays({ file: '/x.ts', plays: play.plays }, inventory, {});
    const [host] = resolved?.hosts ?? [];
    if (!host) throw new Error('no host');
    expect(resolved?.steps(host, undefined).map(({ tags }) => tags)).toEqual([['own', 'base'], ['base']]);
  });

  it('passes only what the play declares, and gives the context its inventory', async () => {
    let seen: PlayContext<unknown> | undefined;
    const play = definePlaybook({
      name: 'Look',
      hosts: 'lb-01',
      steps: (context) => {
        seen = context;
        return [];
      },
    });
    const [resolved] = resolvePlays(
      { file: '/x.ts', plays: play.plays },
      await lab(LAB.replace('adress', 'x')),
      {
        limit: 'lb-01',
      },
    );
    const [host] = resolved?.hosts ?? [];
    if (!host || !resolved) throw new Error('no host');
    resolved.steps(host, { os: 'centos' } as Facts);
    expect(seen?.host.vars).toEqual({ maxconn: 100, version: 1.1, weight: 3 });
    expect(seen?.vars).toEqual({});
    expect(seen?.group('webservers').map(({ name }) => name)).toEqual(['nginx-01', 'nginx-02']);
    expect(seen?.facts.os).toBe('centos');
  });

  it('shows the vars of the command line on the hosts of other groups too', async () => {
    let seen: unknown;
    const { plays } = definePlaybook({
      name: 'Servers',
      hosts: 'webservers',
      vars: z.object({ maxconn: z.int().optional() }),
      steps: ({ group }) => {
        seen = group('loadbalancers').map(({ vars }) => vars.maxconn);
        return [];
      },
    });
    const steps = (extraVars: string[]) =>
      lab(LAB.replace('adress', 'x')).then((inventory) => {
        const [play] = resolvePlays({ file: '/x.ts', plays }, inventory, { extraVars });
        const [host] = play?.hosts ?? [];
        if (host) play?.steps(host, undefined);
        return seen;
      });
    expect(await steps([])).toEqual([100, 100]);
    expect(await steps(['maxconn=7'])).toEqual([7, 7]);
  });
});

function varsSeen(inventory: Inventory, extraVars: string[]): unknown {
  let seen: unknown;
  const { plays } = definePlaybook({
    name: 'Balancers',
    hosts: 'lb-01',
    vars: z.strictObject({ maxconn: z.int(), weight: z.int(), note: z.string().optional() }),
    steps: ({ vars }) => {
      seen = vars;
      return [];
    },
  });
  const declaring = [...plays, ...webservers.plays];
  const [play] = resolvePlays({ file: '/x.ts', plays: declaring }, inventory, { extraVars });
  const [host] = play?.hosts ?? [];
  if (host) play?.steps(host, undefined);
  return seen;
}

describe('a mistake between playbook and inventory', () => {
  const playOf = (play: Partial<PlaySpec<z.ZodObject>>) => ({
    file: '/x.ts',
    plays: definePlaybook({ name: 'P', hosts: 'lb-01', steps: () => [], ...play }).plays,
  });
  const FINE = LAB.replace('adress', 'x');
  const HERE = /resolve-plays\.test\.ts:\d+:\d+: /;

  it.each<
    [
      Parameters<typeof resolvePlays>[0],
      Parameters<typeof resolvePlays>[2],
      message: string,
      place: RegExp | undefined,
      text?: string,
    ]
  >([
    [site, { limit: 'lb-1' }, '--limit: no host or group is called `lb-1`: did you mean `lb-01`?', undefined],
    [onlyWeb, { limit: 'lb-01' }, '--limit lb-01 leaves no host: the plays are for webservers', HERE],
    [playOf({ hosts: 'all,!all' }), {}, 'no host of the inventory matches: all,!all', HERE],
    [{ file: '/x.ts', plays: [] }, {}, 'no host of the inventory matches: ', /^\/x.ts:1:1: /],
    [
      playOf({ hosts: 'webserver' }),
      {},
      'no host or group is called `webserver`: did you mean `webservers`?',
      HERE,
    ],
    [
      site,
      { extraVars: ['maxcon=1'] },
      '-e maxcon: no selected play declares this var: did you mean `maxconn`?',
      undefined,
    ],
    [site, { extraVars: ['nothing=1'] }, '-e nothing: no selected play declares this var', undefined],
    [
      site,
      { limit: 'lb-01', extraVars: ['greeting=yo'] },
      '-e greeting: no selected play declares this var; Web does, but has no host here',
      undefined,
    ],
    [site, { extraVars: ['maxconn'] }, '-e maxconn: expected NAME=VALUE or @FILE', undefined],
    [onlyBalancers, {}, 'unknown key `adress`: did you mean `address`?', /lab\.yml:8:39: /, LAB],
    [
      playOf({ vars: z.object({ maxcon: z.int() }) }),
      {},
      'host lb-01 has no var `maxcon`, which play P needs (expected number, received undefined); it has `maxconn`: did you mean that?',
      /lab\.yml:5:15: /,
    ],
    [
      playOf({ vars: z.object({ backends: z.array(z.string()) }) }),
      {},
      'host lb-01 has no var `backends`, which play P needs (expected array, received undefined)',
      /lab\.yml:1:1: /,
    ],
    [
      playOf({ vars: z.object({ version: z.string() }) }),
      {},
      'host lb-01: var `version`: expected string, received number, for play P',
      /lab\.yml:5:29: /,
    ],
    [
      playOf({ vars: z.object({ maxconn: z.int().max(50) }) }),
      {},
      'host lb-01: var `maxconn`: Too big: expected number to be <=50, for play P',
      /lab\.yml:5:15: /,
    ],
    [
      playOf({ vars: z.object({ maxconn: z.int() }) }),
      { extraVars: ['maxconn=many'] },
      'host lb-01: -e var `maxconn`: expected number, received string, for play P',
      undefined,
    ],
    [
      playOf({ vars: z.object({ weight: z.object({ a: z.int() }) }) }),
      { extraVars: ['weight={a: x}'] },
      'host lb-01: -e var `weight.a`: expected number, received string, for play P',
      undefined,
    ],
    [
      playOf({
        vars: z
          .object({ a: z.int().default(1), b: z.int().default(2) })
          .refine(({ a, b }) => a > b, 'a must be more'),
      }),
      {},
      'host lb-01: a must be more, for play P',
      HERE,
    ],
  ])('%#', async (playbook, selection, message, place, text = FINE) => {
    const inventory = await lab(text);
    const error = caught(() => resolvePlays(playbook, inventory, selection));
    expect(error).toBeInstanceOf(InputError);
    const said = error instanceof Error ? error.message : '';
    expect(said.replace(/^\/[^ ]*:\d+:\d+: /, '')).toBe(message);
    if (place) expect(said).toMatch(place);
    else expect(error).toHaveProperty('place', undefined);
  });

  it.each([
    [z.object({ version: z.string() }), 'Quote it: YAML reads it as something else.'],
    [
      z.object({ backends: z.string() }),
      'Set it in the inventory (vars of the host or of a group, such as group_vars/loadbalancers.yml), or with -e backends=…',
    ],
  ])('advises', async (vars, advice) => {
    const inventory = await lab(FINE);
    expect(caught(() => resolvePlays(playOf({ vars }), inventory, {}))).toHaveProperty('advice', advice);
  });

  it.each<[steps: unknown, message: string | RegExp]>([
    [() => undefined, 'steps of play P, for host lb-01: expected a list of steps, got undefined'],
    [() => ['yumPackage'], 'steps of play P, for host lb-01: number 1 of the list is no step: yumPackage'],
    [
      () => [file({ path: '/etc/x', content: '' }), false],
      'steps of play P, for host lb-01: number 2 of the list is no step: false',
    ],
    [() => [file({ path: '/etc/x' })], 'file: expected either `content` or `source`'],
    [
      ({ group }: PlayContext<unknown>) => group('webserver').map(() => []),
      /the inventory \S+ has no group `webserver`: did you mean `webservers`\?$/,
    ],
    [
      ({ vars }: PlayContext<{ deep: { er: string } }>) => vars.deep.er,
      'steps of play P, for host lb-01: the play declares no var `deep`',
    ],
    [
      () => {
        throw 'a text';
      },
      'steps of play P, for host lb-01: a text',
    ],
  ])('in steps %#', async (steps, message) => {
    const [play] = resolvePlays(playOf({ steps: steps as () => [] }), await lab(FINE), {});
    const [host] = play?.hosts ?? [];
    if (!play || !host) throw new Error('no host');
    const error = caught(() => play.steps(host, undefined));
    expect(error).toBeInstanceOf(InputError);
    const said = error instanceof Error ? error.message : '';
    expect(said).toMatch(HERE);
    if (typeof message === 'string') expect(said.replace(/^\S+:\d+:\d+: /, '')).toBe(message);
    else expect(said).toMatch(message);
  });

  it('lets facts be asked for, once they are needed', async () => {
    const steps = ({ facts }: PlayContext<unknown>) => [file({ path: `/etc/${facts.os}`, content: '' })];
    const [play] = resolvePlays(playOf({ steps }), await lab(FINE), {});
    const [host] = play?.hosts ?? [];
    if (!play || !host) throw new Error('no host');
    expect(() => play.steps(host, undefined)).toThrow(FactsNeeded);
    expect(play.steps(host, { os: 'centos' } as Facts)[0]?.name).toBe('/etc/centos');
  });

  it('lists checks under verify in the same way', async () => {
    const verify = () => ['no check'] as unknown as [];
    const [play] = resolvePlays(playOf({ verify }), await lab(FINE), {});
    const [host] = play?.hosts ?? [];
    if (!play || !host) throw new Error('no host');
    expect(() => play.checks(host, undefined)).toThrow(
      'verify of play P, for host lb-01: number 1 of the list is no check: no check',
    );
    expect(resolvePlays(playOf({}), await lab(FINE), {})[0]?.checks(host, undefined)).toEqual([]);
  });
});

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
