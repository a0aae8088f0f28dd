import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { must } from './exec.ts';
import { locked } from './lock.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-lock-'));
});
afterAll(() => rm(folder, { recursive: true }));

const JITI = fileURLToPath(new URL('../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));
const HOLDER = `import { locked } from '${fileURLToPath(new URL('lock.ts', import.meta.url))}';
void locked(process.argv[2] ?? '', () => {}, () => {
  console.log('held');
  return new Promise((done) => setTimeout(done, 60_000));
});`;

test('the second waits for the first, and says so', async () => {
  const file = join(folder, 'two');
  const story: string[] = [];
  const say = () => story.push('waiting');
  let started = () => {};
  const running = new Promise<void>((resolve) => {
    started = resolve;
  });
  const first = locked(file, say, async () => {
    started();
    while (!story.includes('waiting')) await new Promise((done) => setTimeout(done, 5));
    story.push('first is done');
  });
  await running;
  const second = locked(file, say, async () => story.push('second'));
  await Promise.all([first, second]);
  expect(story).toEqual(['waiting', 'first is done', 'second']);
});

test('work that fails lets go', async () => {
  const file = join(folder, 'failing');
  await expect(
    locked(
      file,
      () => {},
      () => Promise.reject(new Error('no')),
    ),
  ).rejects.toThrow('no');
  expect(
    await locked(
      file,
      () => {},
      async () => 'free',
    ),
  ).toBe('free');
});

test('a holder that is killed lets go', async () => {
  const file = join(folder, 'killed');
  const program = join(folder, 'holder.ts');
  await writeFile(program, HOLDER);
  const holder = spawn(process.execPath, [JITI, program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  await expect(must(['flock', '--nonblock', file, 'true'])).rejects.toThrow('failed with 1');
  holder.kill('SIGKILL');
  expect(
    await locked(
      file,
      () => {},
      async () => 'free',
    ),
  ).toBe('free');
});
