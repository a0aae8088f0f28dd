import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refreshKnownHosts } from './known-hosts.ts';
import { labNet } from './names.ts';

const KEYS = '10.61.0.11 ssh-ed25519 AAAAown\n10.61.0.12 ssh-ed25519 AAAAown2\n';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trueup-lab-'));
  await writeFile(join(folder, 'known_hosts'), KEYS);
});
afterEach(() => rm(folder, { recursive: true }));

async function refreshed(text?: string): Promise<string> {
  const file = join(folder, 'project/.trueup/known_hosts');
  const net = { ...labNet('10.61.0.0/24'), state: folder };
  await refreshKnownHosts(net, file);
  if (text !== undefined) {
    await writeFile(file, text);
    await refreshKnownHosts(net, file);
  }
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  return readFile(file, 'utf8');
}

test('a project learns the keys of the lab', async () => {
  expect(await refreshed()).toBe(KEYS);
});

test('stale keys of its hosts go, whatever else is known stays', async () => {
  const others = '# mine\n10.62.0.11 ssh-ed25519 AAAAother\n[10.61.0.11]:22022 ssh-ed25519 AAAAport\n';
  expect(await refreshed(`10.61.0.11 ssh-ed25519 AAAAstale\n${others}10.61.0.61 ssh-rsa AAAAgone`)).toBe(
    others + KEYS,
  );
});

test('nothing to do is nothing done', async () => {
  expect(await refreshed(KEYS)).toBe(KEYS);
});
