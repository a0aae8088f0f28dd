import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allBatches, allowedToFail, batchSize } from '../../src/engine/batches.ts';
import type { Share } from '../../src/model/index.ts';

describe('batches', () => {
  it.each<[Share[], number, string | undefined, string]>([
    [[1], 3, undefined, 'a b c'],
    [[2], 5, undefined, 'ab cd e'],
    [[1, 2], 5, undefined, 'a bc de'],
    [['50%'], 5, undefined, 'ab cd e'],
    [['1%'], 3, undefined, 'a b c'],
    [['100%'], 3, undefined, 'abc'],
    [[1, '50%'], 6, undefined, 'a bcd ef'],
    [[9], 3, undefined, 'abc'],
    [[1], 3, 'a', 'b c a'],
    [[9], 3, 'b', 'ac b'],
    [[2], 3, 'c', 'ab c'],
    [[2], 4, 'a', 'bc d a'],
    [[1], 1, 'a', 'a'],
    [[1], 2, 'someone else', 'a b'],
    [[1], 0, undefined, ''],
  ])('serial %j of %d hosts, last %s: %s', (serial, count, last, expected) => {
    const hosts = [...'abcdef'].slice(0, count);
    const batches = allBatches(hosts, serial, count, last);
    expect(batches.map((batch) => batch.join('')).join(' ')).toBe(expected);
  });

  it('counts a percentage of all hosts of the play, not of those with something to do', () => {
    expect(allBatches(['a', 'b', 'c'], ['50%'], 6, undefined)).toEqual([['a', 'b', 'c']]);
  });

  const shares = fc.oneof(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 100 }).map((percent): Share => `${percent}%`),
  );

  it('hold every host once, none larger than it may be, and the last one alone at the end', () => {
    const hosts = fc.uniqueArray(fc.integer({ min: 0, max: 30 }).map(String), { maxLength: 20 });
    fc.assert(
      fc.property(
        hosts,
        fc.array(shares, { minLength: 1, maxLength: 4 }),
        fc.nat(30),
        (names, serial, last) => {
          const batches = allBatches(names, serial, names.length, String(last));
          expect([...batches.flat()].sort()).toEqual([...names].sort());
          for (const [index, batch] of batches.entries()) {
            expect(batch.length).toBeGreaterThan(0);
            expect(batch.length).toBeLessThanOrEqual(batchSize(serial, index, names.length));
          }
          if (names.includes(String(last))) expect(batches.at(-1)).toEqual([String(last)]);
        },
      ),
    );
  });
});

describe('maxFail', () => {
  it.each<[Share, number, number]>([
    [0, 5, 0],
    [2, 5, 2],
    ['0%', 5, 0],
    ['25%', 3, 0],
    ['25%', 4, 1],
    ['34%', 3, 1],
    ['100%', 7, 7],
  ])('%s of %d hosts: %d may fail', (maxFail, hosts, expected) => {
    expect(allowedToFail(maxFail, hosts)).toBe(expected);
  });
});
