import { describe, expect, it } from 'vitest';
import { rangeAfter, rangeAt } from '../../src/engine/step-range.ts';
import { blocked, type Finding, ok, unknown } from '../../src/model/index.ts';

const pending: Finding = unknown('file a', 'not there yet');
const letters: Readonly<Record<string, Finding>> = { '.': ok, p: pending, b: blocked('it is a folder') };

/** `.` in order, `p` pending, `b` blocked. */
function planned(word: string): { finding: Finding }[] {
  return [...word].map((letter) => ({ finding: letters[letter] ?? ok }));
}

describe('rangeAt', () => {
  it.each([
    ['p', 0, { from: 0, to: 1 }],
    ['..p.p', 0, { from: 0, to: 3 }],
    ['..p.p', 2, { from: 2, to: 3 }],
    ['..p.p', 3, { from: 3, to: 5 }],
    ['..b.p', 0, { from: 0, to: 3 }],
    ['p...', 1, { from: 1, to: 4 }],
  ])('in %s a look at step %i reaches up to the next pending one', (word, at, range) => {
    expect(rangeAt(planned(word), at)).toEqual(range);
  });
});

describe('rangeAfter', () => {
  it.each([
    ['pp', 0, { from: 0, to: 2 }],
    ['.p.p.', 1, { from: 1, to: 4 }],
    ['.p.p.', 3, { from: 0, to: 5 }],
    ['...p', 3, { from: 0, to: 4 }],
    ['p...', 0, { from: 0, to: 4 }],
  ])(
    'in %s, once step %i has acted, it is looked at with what follows, or all at the end',
    (word, at, range) => {
      expect(rangeAfter(planned(word), at)).toEqual(range);
    },
  );
});
