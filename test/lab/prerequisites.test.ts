import { expect, test } from 'vitest';
import { whyNot } from './prerequisites.ts';

test('the lab needs root, on Debian or Ubuntu', () => {
  expect(whyNot(true, true)).toBeUndefined();
  expect(whyNot(false, true)).toMatch(/^the lab needs root/);
  expect(whyNot(true, false)).toMatch(/^the lab needs Debian or Ubuntu/);
});
