import { expect, it } from 'vitest';
import { pendingOf } from '../../../src/engine/rollout/pending.ts';
import type { Change, Finding, PlannedStep } from '../../../src/model/index.ts';

function planned(finding: Finding, manages: string[] = []): PlannedStep {
  const step = { kind: 'x', name: 'x', label: 'x x', place: undefined, manages, tags: [] };
  return { step: { ...step, look: () => Promise.reject(new Error('not looked at')) }, finding };
}

const change = (change: Partial<Change>): PlannedStep =>
  planned({ status: 'change', changes: [{ aspect: 'x', summary: 'x', actions: [], ...change }] });

it.each<[string, PlannedStep[], { restarts: string[]; reloads: string[] }]>([
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
  expect(pendingOf(steps)).toEqual(expected);
});
