import { expect, it } from 'vitest';
import { pendingUnits } from '../../src/engine/pending-units.ts';
import type { Change, Finding } from '../../src/model/index.ts';

type Planned = Parameters<typeof pendingUnits>[0][number];

function planned(finding: Finding, manages: string[] = []): Planned {
  return { step: { manages }, finding };
}

const change = (change: Partial<Change>): Planned =>
  planned({ status: 'change', changes: [{ aspect: 'x', summary: 'x', actions: [], ...change }] });

it.each<[string, Planned[], { restarts: string[]; reloads: string[] }]>([
  ['nothing', [planned({ status: 'ok' })], { restarts: [], reloads: [] }],
  ['a change that no unit feels', [change({})], { restarts: [], reloads: [] }],
  ['a reload', [change({ reloads: ['a.service'] })], { restarts: [], reloads: ['a'] }],
  [
    'a package, then a reload of its unit',
    [change({ restarts: ['a.service'] }), change({ reloads: ['a.service', 'b.service'] })],
    { restarts: ['a'], reloads: ['b'] },
  ],
  [
    'the same unit twice',
    [change({ restarts: ['a.service'] }), change({ restarts: ['a'] })],
    { restarts: ['a'], reloads: [] },
  ],
  ['a unit of another type', [change({ restarts: ['a.socket'] })], { restarts: ['a.socket'], reloads: [] }],
  [
    'any: all units that the play cares for',
    [
      change({ restarts: 'any' }),
      planned({ status: 'ok' }, ['service:a.service']),
      planned({ status: 'ok' }, ['file:/x']),
    ],
    { restarts: ['a'], reloads: [] },
  ],
])('%s', (_, steps, expected) => {
  expect(pendingUnits(steps)).toEqual(expected);
});
