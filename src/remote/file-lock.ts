import { randomBytes } from 'node:crypto';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { retry } from './retry.ts';
import { Semaphore } from './semaphore.ts';

/** Milliseconds after which a lock was left behind by a run that died: tasks take far less. */
const LIFE = 10_000;

const queues = new Map<string, Semaphore>();

/** Runs the task while no other one, in this process or another, runs for the same file. Its folder must exist. */
export async function withFileLock<T>(file: string, task: () => Promise<T>): Promise<T> {
  const queue = queues.get(file) ?? new Semaphore(1);
  queues.set(file, queue);
  return queue.use(async () => {
    const lock = `${file}.lock`;
    await retry({ tries: 150, pause: 10, longest: 100, again: isHeld }, () => create(lock));
    try {
      return await task();
    } finally {
      await rm(lock, { force: true });
    }
  });
}

async function create(lock: string): Promise<void> {
  try {
    const handle = await open(lock, 'wx', 0o600);
    await handle.close();
  } catch (error) {
    if (isHeld(error)) await removeStale(lock);
    throw error;
  }
}

function isHeld(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}

/** Moves it aside first: between the look and the removal another process may have replaced it by a lock of its own. */
async function removeStale(lock: string): Promise<void> {
  const seen = await stat(lock).catch(() => undefined);
  if (!seen || Date.now() - seen.mtimeMs < LIFE) return;
  const aside = `${lock}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(lock, aside);
    const moved = await stat(aside);
    if (moved.ino !== seen.ino || moved.mtimeMs !== seen.mtimeMs) await link(aside, lock);
  } catch {
    // Another process was faster.
  } finally {
    await rm(aside, { force: true });
  }
}
