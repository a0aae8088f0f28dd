import { afterEach, describe, expect, it, vi } from 'vitest';
import { Exchange } from '../../src/remote/exchange.ts';
import type { Exec } from '../../src/remote/exec.ts';

afterEach(() => void vi.useRealTimers());

describe('a script that nobody begins', () => {
  it('is given up within a minute, long before the deadline of the connection', async () => {
    vi.useFakeTimers();
    const exchange = new Exchange({ script: ':', deadline: 600 });
    const closed: boolean[] = [];
    const exec = ({ stdin, close }: Exec) => {
      stdin();
      close.addEventListener('abort', () => closed.push(true));
      return new Promise<never>(() => {});
    };
    const ended = exchange.run({ exec });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await ended).toEqual({ code: null, signal: null });
    expect(exchange.isSilent).toBe(true);
    expect(closed).toEqual([true]);
  });
});
