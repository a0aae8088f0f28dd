import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inputsHash } from './inputs.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-inputs-'));
  await mkdir(join(folder, 'sources'));
  await writeFile(join(folder, 'sources', 'a.conf'), 'one');
});
afterAll(() => rm(folder, { recursive: true }));

test('a change of a file anywhere below makes another root, a test does not', async () => {
  const before = await inputsHash([folder]);
  await writeFile(join(folder, 'a.test.ts'), 'x');
  expect(await inputsHash([folder])).toBe(before);
  await writeFile(join(folder, 'sources', 'a.conf'), 'two');
  const after = await inputsHash([folder]);
  expect(after).not.toBe(before);
  await writeFile(join(folder, 'b.conf'), '');
  expect(await inputsHash([folder])).not.toBe(after);
});
