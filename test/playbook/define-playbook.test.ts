import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formatPlace, placesOf } from '../../src/model/index.ts';
import { definePlaybook } from '../../src/playbook/define-playbook.ts';

const define = definePlaybook as (part: unknown) => unknown;
const fine = { name: 'x', hosts: 'all', steps: () => [] };

describe('definePlaybook', () => {
  it('keeps what it is given, and where', () => {
    const vars = z.object({ a: z.string() });
    const { plays } = definePlaybook({ ...fine, vars });
    expect(plays).toMatchObject([{ name: 'x', hosts: 'all', vars, place: { file: import.meta.filename } }]);
  });

  it('is type safe about vars', () => {
    definePlaybook({
      ...fine,
      vars: z.object({ size: z.int().default(1) }),
      steps: ({ vars }) => {
        const size: number = vars.size;
        // @ts-expect-error: it is a number
        const text: string = vars.size;
        // @ts-expect-error: not declared
        return [size, text, vars.sise].slice(0, 0);
      },
    });
    definePlaybook({
      ...fine,
      vars: z.object({ size: z.int().default(1) }),
      requires: ({ hosts }) => {
        const sizes: number[] = hosts.map(({ vars }) => vars.size);
        // @ts-expect-error: not declared
        return [sizes, hosts.map(({ vars }) => vars.sise)].slice(0, 0).map(String);
      },
    });
    definePlaybook({
      ...fine,
      vars: z.object({ vip: z.string() }),
      serial: [1, '50%'],
      last: ({ vars }) => ({ holds: vars.vip, probe: ['true'] }),
      before: ({ pending, vars }) => {
        const units: readonly string[] = [...pending.restarts, ...pending.reloads, vars.vip];
        // @ts-expect-error: not known before it
        return [units, pending.restarted].slice(0, 0).flatMap(() => []);
      },
    });
    // @ts-expect-error: no percentage
    expect(() => definePlaybook({ ...fine, serial: 'half' })).toThrow('serial');
    // @ts-expect-error: without vars there are none
    definePlaybook({ ...fine, steps: ({ vars }) => [vars.size].slice(0, 0) });
  });

  it.each<[part: unknown, message: string]>([
    [undefined, 'expected { name, hosts, steps } or a list of playbooks'],
    ['web', 'expected { name, hosts, steps } or a list of playbooks'],
    [
      {},
      "name: expected a text; hosts: expected a pattern such as 'webservers' or 'all'; steps: expected a function that returns steps",
    ],
    [{ ...fine, name: '' }, 'name: must not be empty'],
    [{ ...fine, hosts: ['a'] }, "hosts: expected a pattern such as 'webservers' or 'all'"],
    [{ ...fine, hosts: '' }, 'hosts: must not be empty'],
    [{ ...fine, steps: [] }, 'steps: expected a function that returns steps'],
    [{ ...fine, requires: [] }, 'requires: expected a function that returns texts'],
    [{ ...fine, verify: [] }, 'verify: expected a function that returns checks'],
    [{ ...fine, vars: { a: z.string() } }, 'vars: expected z.object({ … })'],
    [{ ...fine, verfy: () => [] }, 'unknown field `verfy`: did you mean `verify`?'],
    [{ ...fine, settle: '10' }, 'settle: expected seconds'],
    [{ ...fine, settle: -1 }, 'settle: must not be negative'],
    [{ ...fine, tags: 'web' }, 'tags: expected a list of words'],
    ...[0, -1, 1.5, '0%', '101%', 'half', '1', [], [1, 0], null].map((serial): [unknown, string] => [
      { ...fine, serial },
      "serial: expected how many hosts at a time, from 1 on, or a percentage from '1%' to '100%', or a list of those",
    ]),
    ...[-1, 0.5, '101%', '-1%', '2', [1], null].map((maxFail): [unknown, string] => [
      { ...fine, serial: 1, maxFail },
      "maxFail: expected how many hosts may fail, from 0 on, or a percentage from '0%' to '100%'",
    ]),
    [
      { ...fine, serial: 1, last: ['true'] },
      'last: expected { holds, probe }, or a function that returns it',
    ],
    [{ ...fine, serial: 1, before: [] }, 'before: expected a function that returns steps'],
    ...(['before', 'after'] as const).map((field): [unknown, string] => [
      { ...fine, [field]: () => [] },
      `\`${field}\` needs \`serial\`, which says how many hosts are changed at a time`,
    ]),
    [{ ...fine, roles: [] }, 'unknown field `roles`'],
    [
      { ...fine, vars: z.object({ port: z.int() }) },
      'vars: `port` says in the inventory how to connect: take another name',
    ],
    [[fine], 'expected a list of playbooks, each made by definePlaybook'],
    [[undefined], 'expected a list of playbooks, each made by definePlaybook'],
  ])('refuses %j', (part, message) => {
    const [here] = placesOf(new Error().stack ?? '');
    const place = formatPlace({ file: import.meta.filename, line: Number(here?.line) + 2, column: 18 });
    expect(() => define(part)).toThrow(`${place}: definePlaybook: ${message}`);
  });
});
