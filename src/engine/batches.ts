import type { Share } from '../model/index.ts';

/** How many hosts of so many a share is, rounded down. */
function hostsIn(share: Share, total: number): number {
  return typeof share === 'number' ? share : Math.floor((Number.parseInt(share, 10) * total) / 100);
}

export function allowedToFail(maxFail: Share, total: number): number {
  return hostsIn(maxFail, total);
}

/** The size of a batch, by its number from 0; the last one of the list goes on. */
export function batchSize(serial: readonly Share[], batch: number, total: number): number {
  const share = serial[Math.min(batch, serial.length - 1)] ?? 1;
  return Math.max(1, hostsIn(share, total));
}

/** The next hosts in their order. `last` waits until all others are done, and is then alone. */
export function nextBatch(waiting: readonly string[], size: number, last: string | undefined): string[] {
  const others = waiting.filter((host) => host !== last);
  return (others.length > 0 ? others : waiting).slice(0, size);
}

/** All batches, if `last` stays who it is. */
export function allBatches(
  waiting: readonly string[],
  serial: readonly Share[],
  total: number,
  last: string | undefined,
): string[][] {
  const batches: string[][] = [];
  for (let left = [...waiting]; left.length > 0; ) {
    const batch = nextBatch(left, batchSize(serial, batches.length, total), last);
    batches.push(batch);
    left = left.filter((host) => !batch.includes(host));
  }
  return batches;
}
