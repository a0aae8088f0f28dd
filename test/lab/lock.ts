import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Do something while no other lab command does something under the same lock file.
 * A child flock(1) holds the lock for as long as our end of its stdin is open, so the kernel frees it however we end.
 */
export async function locked<T>(
  file: string,
  say: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const release = (await hold(file, ['--nonblock'])) ?? (await wait(file, say));
  try {
    return await work();
  } finally {
    await release();
  }
}

async function wait(file: string, say: (line: string) => void): Promise<() => Promise<void>> {
  say(`another lab command holds ${file}: waiting for it`);
  const release = await hold(file, []);
  if (release === undefined) throw new Error(`flock ${file} gave up`);
  return release;
}

/** A function that lets go, or undefined where somebody else holds the lock and flock would not wait. */
function hold(file: string, options: string[]): Promise<(() => Promise<void>) | undefined> {
  const command = ['--no-fork', ...options, file, 'sh', '-c', 'echo held; exec cat'];
  // a group of its own: Ctrl-C must reach us first, and we let go when we are done
  const child = spawn('flock', command, { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const release = () => {
    child.stdin.end();
    return ended;
  };
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.stdout.once('data', () => resolve(release));
    child.on('close', () => resolve(undefined));
  });
}
