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

it('gives the result of a phase in which a host failed, too', async () => {
  const host = { name: 'web-01', address: '127.0.0.1', status: 'failed' as const };
  const result = await showOnTerminal('Looking', 1, async (tell) => {
    const nothing = { steps: [], checks: [], execs: 1, seconds: 1 };
    tell({ type: 'host-finished', host: 'web-01', result: { ...host, ...nothing } });
    return 'all';
  });
  expect(result).toBe('all');
});
