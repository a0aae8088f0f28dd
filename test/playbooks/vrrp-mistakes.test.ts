import { expect, it } from 'vitest';
import { vrrpMistakes } from '../../playbooks/vrrp-mistakes.ts';
import { host } from './host.ts';

interface Vars {
  vip?: string;
  priority?: number;
  virtualRouterId?: number;
}

const hosts = [
  host('lb-01', '10.0.0.11'),
  host('lb-02', '10.0.0.12'),
  host('web', '192.0.2.1', { lanAddress: '10.0.0.61' }),
];

function mistakes(first: Vars, second: Vars): string[] {
  const defaults = { vip: '10.0.0.50', virtualRouterId: 51 };
  const vars = [
    { ...defaults, priority: 150, ...first },
    { ...defaults, priority: 100, ...second },
  ];
  const balancers = hosts
    .slice(0, 2)
    .map((each, index) => ({ host: each, vars: vars[index] ?? { priority: 1, virtualRouterId: 1 } }));
  return vrrpMistakes(balancers, hosts);
}

const ROWS: [string, Vars, Vars, string[]][] = [
  ['a good pair', {}, {}, []],
  [
    'the same priority',
    { priority: 100 },
    {},
    [
      'lb-01 and lb-02 have the same `priority` 100: give each its own, the highest to the one that shall hold the address',
    ],
  ],
  [
    'another virtualRouterId',
    { virtualRouterId: 7 },
    {},
    ['`virtualRouterId` must be the same on all of them: lb-01 has 7, lb-02 has 51'],
  ],
  [
    'another vip',
    { vip: '10.0.0.51' },
    {},
    ['`vip` must be the same on all of them: lb-01 has 10.0.0.51, lb-02 has 10.0.0.50'],
  ],
  [
    "a host's address",
    { vip: '10.0.0.12' },
    { vip: '10.0.0.12' },
    ['`vip` is the address of lb-02 itself: take one that no host has'],
  ],
  [
    "a host's address in the lan",
    { vip: '10.0.0.61' },
    { vip: '10.0.0.61' },
    ['`vip` is the address of web itself: take one that no host has'],
  ],
];

it.each(ROWS)('%s', (_, first, second, expected) => {
  expect(mistakes(first, second)).toEqual(expected);
});

it('no vip at all is no mistake', () => {
  const vars = { priority: 100, virtualRouterId: 51 };
  expect(
    vrrpMistakes(
      hosts.map((each) => ({ host: each, vars })),
      hosts,
    ),
  ).toEqual([]);
});
