import { afterEach, expect, it } from 'vitest';
import { Interruption } from '../../src/cli/interruption.ts';

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
