import { expect, it } from 'vitest';
import { cut, displayWidth, padded, wrapped } from '../../../src/cli/views/width.ts';

it.each<[string, number]>([
  ['lb-01', 5],
  ['Grüße', 5],
  ['u\u0308', 1],
  ['負荷', 4],
  ['ｗｅｂ', 6],
  ['✗ … ›', 5],
  ['🚀', 2],
])('%s takes %i columns', (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

it.each<[string, number, string]>([
  ['lb-01', 5, 'lb-01'],
  ['lb-01', 4, 'lb-…'],
  ['負荷分散', 8, '負荷分散'],
  ['負荷分散', 7, '負荷分…'],
  ['負荷分散', 6, '負荷…'],
  ['a b', 3, 'a b'],
  ['a bc', 3, 'a…'],
  ['ab', 1, '…'],
  ['ab', 0, ''],
])('%s cut to %i columns is %s', (text, width, short) => {
  expect(cut(text, width)).toBe(short);
});

it('pads by columns, not by characters', () => {
  expect(padded('負荷', 6)).toBe('負荷  ');
});

it('wraps between words; a long word stays whole', () => {
  expect(wrapped('create, 0644 root:root, 1 line', 12)).toEqual(['create, 0644', 'root:root, 1', 'line']);
  expect(wrapped('a /very/long/path b', 6)).toEqual(['a', '/very/long/path', 'b']);
  expect(wrapped('', 6)).toEqual(['']);
});
