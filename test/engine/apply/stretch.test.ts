import { describe, expect, it } from 'vitest';
import { stretchAfter, stretchAt } from '../../../src/engine/apply/stretch.ts';
import { blocked, type Finding, ok, type PlannedStep, unknown } from '../../../src/model/index.ts';

const pending: Finding = unknown('file a', 'not there yet');
const step = { kind: 'file', name: '/a', label: 'file /a', place: undefined, manages: [], tags: [] };
const letters: Readonly<Record<string, Finding>> = { '.': ok, p: pending, b: blocked('it is a folder') };

/** `.` in order, `p` pending, `b` blocked. */
function planned(word: string): PlannedStep[] {
  const look = () => Promise.reject(new Error('nobody looks'));
  return [...word].map((letter) => ({ step: { ...step, look }, finding: letters[letter] ?? ok }));
}

describe('stretchAt', () => {
  it.each([
    ['p', 0, { from: 0, to: 1 }],
    ['..p.p', 0, { from: 0, to: 3 }],
    ['..p.p', 2, { from: 2, to: 3 }],
    ['..p.p', 3, { from: 3, to: 5 }],
    ['..b.p', 0, { from: 0, to: 3 }],
    ['p...', 1, { from: 1, to: 4 }],
  ])('in %s a look at step %i reaches up to the next pending one', (word, at, stretch) => {
    expect(stretchAt(planned(word), at)).toEqual(stretch);
  });
});

describe('stretchAfter', () => {
  it.each([
    ['pp', 0, { from: 0, to: 2 }],
    ['.p.p.', 1, { from: 1, to: 4 }],
    ['.p.p.', 3, { from: 0, to: 5 }],
    ['...p', 3, { from: 0, to: 4 }],
    ['p...', 0, { from: 0, to: 4 }],
  ])(
    'in %s, once step %i has acted, it is looked at with what follows, or all at the end',
    (word, at, stretch) => {
      expect(stretchAfter(planned(word), at)).toEqual(stretch);
    },
  );
});
