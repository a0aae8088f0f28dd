import { expect, it, vi } from 'vitest';
import { showOnTerminal } from '../../../src/cli/views/listr.ts';

it('gives the cursor back where the process is left in the middle', async () => {
  const before = process.listeners('exit');
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const result = await showOnTerminal('Looking', 1, async () => {
    const added = process.listeners('exit').filter((listener) => !before.includes(listener));
    for (const listener of added) listener.call(process, 130);
    return write.mock.calls.map(([text]) => text);
  }).finally(() => write.mockRestore());
  expect(result).toContain('\u001b[?25h');
  expect(process.listeners('exit')).toEqual(before);
});
