import { describe, expect, it } from 'vitest';
import { diffLines } from '../../../src/cli/views/diff.ts';
import { paintFor } from '../../../src/cli/views/paint.ts';

const paint = paintFor({ isTTY: false });
const diff = (name: string, before?: string, after?: string) =>
  diffLines(
    name,
    {
      summary: 'content',
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
    paint,
  );

describe('a diff', () => {
  it('names the file as it is called, and shows an empty line at its end', () => {
    expect(diff('/srv/é "x"', 'a\n\n', 'b\n\n')).toEqual([
      '--- /srv/é "x"\ton the host',
      '+++ /srv/é "x"\twanted',
      '@@ -1,2 +1,2 @@',
      '-a',
      '+b',
      ' ',
    ]);
  });

  it('shows a file that appears', () => {
    expect(diff('/x', undefined, 'a').slice(2)).toEqual([
      '@@ -0,0 +1,1 @@',
      '+a',
      '\\ No newline at end of file',
    ]);
  });

  it.each([
    ['no text', undefined, undefined],
    ['an empty file that appears', undefined, ''],
  ])('is nothing for %s', (_, before, after) => {
    expect(diff('/x', before, after)).toEqual([]);
  });
});
