import { setTimeout as sleep } from 'node:timers/promises';

export interface Retry {
  readonly tries: number;
  /** Milliseconds before the second try; doubled for each one after it. */
  readonly pause: number;
  /** Milliseconds that no pause is longer than. */
  readonly longest?: number;
  again(error: unknown): boolean;
}

/** Tries again, with a growing and scattered pause, while the error is one of those that pass. */
export async function retry<T>({ tries, pause, longest, again }: Retry, task: () => Promise<T>): Promise<T> {
  for (let left = tries - 1, wait = pause; ; left -= 1, wait = Math.min(wait * 2, longest ?? Infinity)) {
    try {
      return await task();
    } catch (error) {
      if (left <= 0 || !again(error)) throw error;
      await sleep(wait * (0.5 + Math.random()));
    }
  }
}
