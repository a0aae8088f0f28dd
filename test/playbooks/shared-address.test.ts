import { describe, expect, test } from 'vitest';
import { giveAddressAway, holderLast, type Pair, takeAddressBack } from '../../playbooks/shared-address.ts';
import type { Host } from '../../src/index.ts';
import { StepsElsewhere } from '../../src/playbook/on.ts';

function host(name: string, vars: Record<string, unknown> = {}): Host {
  return { name, address: name, port: 22, user: 'root', hostKeys: 'strict', groups: [], vars };
}

const FIRST = host('lb-01', { priority: 150 });
const SECOND = host('lb-02');

function pair(of: Host, vars: Partial<Pair['vars']> = {}, hosts: readonly Host[] = [FIRST, SECOND]): Pair {
  const priority = Number(of.vars.priority ?? 100);
  return { host: of, vars: { vip: '192.0.2.50', priority, preempt: true, ...vars }, group: () => hosts };
}

/** As `step` for the host's own, and `HOST: step` for those elsewhere. */
function names(items: ReturnType<typeof takeAddressBack>): string[] {
  return items.flatMap((item) =>
    item instanceof StepsElsewhere
      ? item.steps.map((step) => `${item.hosts.map(({ name }) => name).join(', ')}: ${step.name}`)
      : [item.name],
  );
}

describe('nothing to move', () => {
  test.each<[string, Pair]>([
    ['no address', pair(FIRST, { vip: undefined })],
    ['one balancer', pair(FIRST, {}, [FIRST])],
  ])('%s', (_, alone) => {
    expect(giveAddressAway(alone)).toEqual([]);
    expect(takeAddressBack(alone, true)).toEqual([]);
  });

  test('nobody is last without an address', () => {
    expect(holderLast(pair(FIRST, { vip: undefined }))).toBeUndefined();
    expect(holderLast(pair(FIRST))).toMatchObject({ holds: 'the address 192.0.2.50' });
  });
});

test('it is given away once the peer is ready for it', () => {
  expect(names(giveAddressAway(pair(FIRST)))).toEqual([
    'lb-02: ready to take 192.0.2.50',
    'give 192.0.2.50 away',
  ]);
});

describe('afterwards', () => {
  const STANDS_BY = ['may hold 192.0.2.50'];
  const COMES_BACK = [
    ...STANDS_BY,
    'ready to take 192.0.2.50',
    'lb-02: give 192.0.2.50 away',
    'lb-02: may hold 192.0.2.50',
  ];

  test.each<[string, Pair, boolean, string[]]>([
    ['it comes back to the one with the highest priority', pair(FIRST), true, COMES_BACK],
    ['it stays where this run has not moved it', pair(FIRST), false, STANDS_BY],
    ['it stays where the priority is higher', pair(SECOND), true, STANDS_BY],
    ['it stays without preempt', pair(FIRST, { preempt: false }), true, STANDS_BY],
  ])('%s', (_, of, moved, expected) => {
    expect(names(takeAddressBack(of, moved))).toEqual(expected);
  });

  test('nobody gives it to one who is not ready', () => {
    const last = takeAddressBack(pair(FIRST), true).at(-1);
    expect(last).toMatchObject({ kind: 'on', ifDone: true });
  });
});
