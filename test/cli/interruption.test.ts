import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Interruption } from '../../src/cli/interruption.ts';
import { mistakenProject } from './mistaken-project.ts';

const interruption = new Interruption();
const warnings: Error[] = [];
const warned = (warning: Error) => void warnings.push(warning);

afterEach(() => {
  process.off('warning', warned);
  interruption.stop();
});

it('takes forty hosts that listen to it for no leak', async () => {
  process.on('warning', warned);
  for (let host = 0; host < 40; host += 1) interruption.signal.addEventListener('abort', () => {});
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
});

it('is not listened to before there is something to end in order', () => {
  const before = process.listenerCount('SIGINT');
  const other = new Interruption();
  expect(process.listenerCount('SIGINT')).toBe(before);
  other.listen();
  expect(process.listenerCount('SIGINT')).toBe(before + 1);
  other.stop();
  expect(process.listenerCount('SIGINT')).toBe(before);
});

const JITI = resolve(import.meta.dirname, '../../node_modules/.bin/jiti');
const BIN = resolve(import.meta.dirname, '../../src/bin.ts');
const LOADING = "import { writeSync } from 'node:fs'; writeSync(2, 'loading\\n');";

it.each([
  ['never ends', `${LOADING} for (;;);`],
  ['waits for ever', `${LOADING} await new Promise((done) => setTimeout(done, 1e9));`],
])('ends a playbook that %s while it is loaded', { timeout: 120_000 }, async (_, statement) => {
  const files = { 'playbooks/site.ts': [['\nexport', `\n${statement}\nexport`]] as const };
  const child = spawn(JITI, [BIN, ...mistakenProject({ files }, 1).argv], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  for await (const chunk of child.stderr) if (String(chunk).includes('loading')) break;
  child.kill('SIGINT');
  expect(await ended).toEqual([null, 'SIGINT']);
});
