import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { REFERENCE, reference } from './reference.ts';
import { ROOT } from './samples.ts';

it('the reference is what the source says: else run `npm run reference`', () => {
  expect(readFileSync(join(ROOT, REFERENCE), 'utf8')).toBe(reference());
}, 120_000);
