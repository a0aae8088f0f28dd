import { expect, test } from 'vitest';
import { Tally } from '../../src/checks/tally.ts';

test.each<[met: string[], atLeast: number, missing: string[], lack: string]>([
  [[], 1, ['a', 'b'], 'none of a, b'],
  [['a', 'c'], 1, ['b'], 'none of b'],
  [['a', 'b'], 1, [], ''],
  [['a', 'a', 'b'], 2, ['b'], 'fewer than 2 of b'],
  [['a', 'a', 'b', 'b'], 2, [], ''],
])('met %j, at least %i of each', (met, atLeast, missing, lack) => {
  const seen = new Tally(['a', 'b'], atLeast);
  for (const name of met) seen.count(name);
  expect(seen.missing).toEqual(missing);
  if (missing.length > 0) expect(seen.lack).toBe(lack);
  const times = (name: string) => met.filter((each) => each === name).length;
  expect(seen.reached).toEqual({ a: times('a'), b: times('b') });
});
