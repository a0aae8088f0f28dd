import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { definePlaybook, type PlaySpec } from '../../src/playbook/define-playbook.ts';
import { on } from '../../src/playbook/on.ts';
import { resolvePlays } from '../../src/playbook/resolve-plays.ts';
import { file } from '../../src/resources/file.ts';
import { projectFolder } from '../project-folder.ts';

const LAB = `
all:
  children:
    loadbalancers: { hosts: { lb-01:, lb-02: } }
    webservers: { hosts: { nginx-01: { vip: 192.0.2.5 }, nginx-02: { vip: 192.0.2.5 } } }
`;
const drained = (name: string) => file({ path: `/srv/${name}`, content: 'drain' });
const idle = file({ path: '/srv/idle', content: '' });
const at = { restarts: ['nginx'], reloads: [] };

type Fields = Partial<PlaySpec<z.ZodObject<{ vip: z.ZodString }>>>;
type Before = NonNullable<Fields['before']>;

async function bound(fields: Fields, limit?: string) {
  const inventory = await loadInventory(join(projectFolder({ 'lab.yml': LAB }), 'lab.yml'));
  const { plays } = definePlaybook({
    name: 'Web',
    hosts: 'webservers',
    vars: z.object({ vip: z.string() }),
    steps: () => [],
    ...fields,
  });
  const [play] = resolvePlays({ file: '/web.ts', plays }, inventory, { limit });
  const [host] = play?.hosts ?? [];
  if (!play || !host) throw new Error('no play');
  return { rollout: play.rollout, host };
}

async function hooks(fields: Fields, when: 'before' | 'after' = 'before', limit?: string) {
  const { rollout, host } = await bound({ serial: 1, ...fields }, limit);
  return rollout?.[when](host, undefined, at).map(({ hosts, step }) => [
    hosts.map(({ name }) => name),
    step.name,
  ]);
}

describe('the steps before and after', () => {
  it('run on the host itself, or where `on` says, in their order', async () => {
    const before: Before = ({ host, group }) => [
      idle,
      on(group('loadbalancers'), [drained(host.name), idle]),
      on(group('loadbalancers')[0] ?? [], idle),
      on([], idle),
    ];
    expect(await hooks({ before })).toEqual([
      [['nginx-01'], '/srv/idle'],
      [['lb-01', 'lb-02'], '/srv/nginx-01'],
      [['lb-01', 'lb-02'], '/srv/idle'],
      [['lb-01'], '/srv/idle'],
      [[], '/srv/idle'],
    ]);
  });

  it('may run on hosts that --limit leaves out', async () => {
    const after: Before = ({ group }) => [on(group('loadbalancers'), idle)];
    expect(await hooks({ after }, 'after', 'nginx-02')).toEqual([[['lb-01', 'lb-02'], '/srv/idle']]);
  });

  it('get to know what is pending, and the vars', async () => {
    expect(
      await hooks({ before: ({ pending, vars }) => [drained(`${pending.restarts.join()} ${vars.vip}`)] }),
    ).toEqual([[['nginx-01'], '/srv/nginx 192.0.2.5']]);
  });

  it('are none where they are left out', async () => {
    expect([await hooks({}), await hooks({}, 'after')]).toEqual([[], []]);
  });
});

describe('a rollout', () => {
  it('is none without serial', async () => {
    expect((await bound({})).rollout).toBeUndefined();
  });

  it('allows no failure unless told so', async () => {
    expect((await bound({ serial: '50%' })).rollout).toMatchObject({ serial: ['50%'], maxFail: 0 });
    expect((await bound({ serial: [1, 5], maxFail: '10%' })).rollout).toMatchObject({
      serial: [1, 5],
      maxFail: '10%',
    });
  });

  it.each<[string, NonNullable<Fields['last']>]>([
    ['as it stands', { holds: '192.0.2.5', probe: ['test', '-e', '/vip'] }],
    ['from the vars', ({ vars }) => ({ holds: vars.vip, probe: ['test', '-e', '/vip'] })],
  ])('takes last %s', async (_, last) => {
    const { rollout, host } = await bound({ serial: 1, last });
    expect(rollout?.last(host, undefined)).toEqual({ holds: '192.0.2.5', probe: ['test', '-e', '/vip'] });
  });

  it('takes a function for last that knows none', async () => {
    const { rollout, host } = await bound({ serial: 1, last: () => undefined });
    expect(rollout?.last(host, undefined)).toBeUndefined();
  });
});
