import { expect, it } from 'vitest';
import { ProgressLines } from '../../src/remote/progress-lines.ts';

it.each([1, 2, 3, 7, 1000])('hears whole lines from chunks of %i bytes, and nothing else', (size) => {
  const heard: string[] = [];
  const lines = new ProgressLines('nonce', (line) => heard.push(line));
  const all = Buffer.from(
    'noise\n\nnonce said Grüße 漢\n\nnonce 0 1 2\nsaid no\n\nnonce said two  \nnonce said cut',
  );
  for (let at = 0; at < all.length; at += size) lines.push(all.subarray(at, at + size));
  expect(heard).toEqual(['Grüße 漢', 'two  ']);
});
