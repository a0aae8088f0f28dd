import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../src/remote/frames.ts';

function read(text: string, chunkSize = text.length): FrameReader {
  const reader = new FrameReader('N0');
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkSize) reader.push(bytes.subarray(at, at + chunkSize));
  return reader;
}

function pieces(reader: FrameReader): string[] {
  return reader.frames.map(({ bytes, words }) => `${bytes}|${words.join(' ')}`);
}

describe('framed output', () => {
  it.each<[string, string, string[], ended: boolean]>([
    ['nothing', '', [], false],
    ['what a login shell prints', 'Welcome\n', [], false],
    ['a beginning', 'Welcome\n\nN0 begin 1 2\n', ['Welcome\n|begin 1 2'], false],
    ['a mark that is not whole', '\nN0 begin 1', [], false],
    ['an empty piece', '\nN0 begin\n\nN0 0\n', ['|begin', '|0'], false],
    ['a piece without an end of line', '\nN0 begin\na\nN0 0 1 2\n', ['|begin', 'a|0 1 2'], false],
    ['a piece of empty lines', '\nN0 begin\n\n\n\nN0 0\n', ['|begin', '\n\n|0'], false],
    [
      'a piece that speaks of the nonce',
      '\nN0 begin\nN0 1\n N0 2\n\nN0 0\n',
      ['|begin', 'N0 1\n N0 2\n|0'],
      false,
    ],
    ['an end', '\nN0 begin\n\nN0 end\n', ['|begin', '|end'], true],
    ['an end that is not whole', '\nN0 begin\n\nN0 end', ['|begin'], false],
    ['more behind the end', '\nN0 begin\n\nN0 end\nstray', ['|begin', '|end'], true],
  ])('with %s is read, however it arrives', (_, text, expected, ended) => {
    for (const chunkSize of [1, 2, 7, 1000]) {
      const reader = read(text, chunkSize);
      expect([chunkSize, pieces(reader), reader.ended]).toEqual([chunkSize, expected, ended]);
    }
  });

  it('keeps any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), fc.integer({ min: 1, max: 20 }), (contents, chunkSize) => {
        const marked = contents.flatMap((content) => [Buffer.from(content), Buffer.from('\nN0 0\n')]);
        const reader = new FrameReader('N0');
        const all = Buffer.concat(marked);
        for (let at = 0; at < all.length; at += chunkSize) reader.push(all.subarray(at, at + chunkSize));
        expect(reader.frames.map(({ bytes }) => [...bytes])).toEqual(contents.map((content) => [...content]));
      }),
    );
  });
});
