import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fieldPlace, offsetOf, placeAt } from '../../src/model/index.ts';
import { projectFolder } from '../project-folder.ts';

/** The call is at ‹, and the field `mode` where the ‸ is; without one it is not found. */
const CALLS = [
  "‹file({ path: '/x', ‸mode: 1 })",
  '[1, ‹file({ ‸mode: 1 }), file({ mode: 2 })]',
  "[‹file({ path: '/x' }), file({ mode: 2 })]",
  "‹file({\n  // it has no mode: see below, don't\n  path,\n  ‸mode,\n})",
  "‹file({ path: `{ mode: 1 }, it's`, /* mode: 2, */ data: { mode: 3, list: [{ mode: 4 }] }, ‸'mode': 5 })",
  '‹file({ "path": "a, mode: b", ‸"mode": 5 })',
  '‹file({ path: ({ mode }) => mode, ‸mode() { return 1; } })',
  '‹file<{ mode: string }>({ path: f(a, mode), ‸mode: 1 } as Spec)',
  '‹file(spec); const other = { mode: 1 }',
  "‹file({ ...spec, path: '/x' }); mode",
  "‹file({ path: 'it\\'s', ‸mode: 1 })",
  "‹file({ path: '(', source: a ? { mode: 1 } : b, ‸mode: 1 })",
  "‹file({ path: '/x', modes: 1 ",
  '‹file',
];

describe('fieldPlace', () => {
  it.each(CALLS)('%j', (marked) => {
    const text = `first line\n\t${marked}`;
    const root = projectFolder({ 'x.ts': text.replace(/[‹‸]/g, '') });
    const at = (mark: string) => {
      const alone = text.replace(mark === '‹' ? '‸' : '‹', '');
      return placeAt(join(root, 'x.ts'), alone, alone.indexOf(mark));
    };
    const call = at('‹');
    expect(fieldPlace(call, ['gone', 'mode'])).toEqual(text.includes('‸') ? at('‸') : call);
  });

  it('leaves a place that it cannot look at', () => {
    expect(fieldPlace(undefined, ['mode'])).toBeUndefined();
    expect(fieldPlace({ file: '/nowhere/x.ts', line: 1, column: 2 }, ['mode'])).toEqual({
      file: '/nowhere/x.ts',
      line: 1,
      column: 2,
    });
    expect(fieldPlace({ file: '/nowhere/x.ts', line: 1 }, ['mode'])).toEqual({
      file: '/nowhere/x.ts',
      line: 1,
    });
  });
});

describe('offsetOf', () => {
  it.each([0, 1, 2, 3, 4, 5, 6])('is the reverse of placeAt: %i', (offset) => {
    const text = 'ab\n\ncd\n';
    expect(offsetOf(text, placeAt('x', text, offset))).toBe(offset);
  });
});
