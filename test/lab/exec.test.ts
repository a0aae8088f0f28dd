import { expect, test } from 'vitest';
import { exec, must } from './exec.ts';

test('a command gets its input and gives its code and output', async () => {
  const outcome = await exec(['sh', '-c', 'cat; echo no >&2; exit 3'], { input: 'yes' });
  expect(outcome).toEqual({ code: 3, stdout: 'yes', stderr: 'no\n' });
});

test('the deadline ends a command, and what it has left behind with its output open', async () => {
  const started = Date.now();
  expect((await exec(['sh', '-c', 'sleep 30 & exit 0'], { seconds: 0.2 })).stdout).toBe('');
  expect((await exec(['sh', '-c', 'setsid sleep 3 & exit 0'], { seconds: 0.2 })).code).toBe(0);
  expect((await exec(['sh', '-c', 'sleep 30'], { seconds: 0.2 })).code).toBe(null);
  expect(Date.now() - started).toBeLessThan(2500);
});

test('must throws with what the command said', async () => {
  await expect(must(['sh', '-c', 'echo no such thing >&2; exit 4'])).rejects.toThrow(
    'failed with 4\nno such thing',
  );
  await expect(must(['sleep', '30'], { seconds: 0.2 })).rejects.toThrow('was killed (deadline 0.2 s)');
});
