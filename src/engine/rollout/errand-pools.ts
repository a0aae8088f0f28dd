import { setMaxListeners } from 'node:events';
import { SessionPool } from '../session/session-pool.ts';
import type { Tools } from '../tools.ts';

/** The connections that a rollout's errands run over. */
export interface ErrandPools {
  /** Ends with the run, and so with Ctrl-C. */
  readonly open: SessionPool;
  /** Outlives Ctrl-C: what was opened is closed after it, too. */
  readonly closing: SessionPool;
}

/** Lends them to a job, and closes them after it. */
export async function withErrandPools(
  tools: Tools,
  job: (pools: ErrandPools) => Promise<void>,
): Promise<void> {
  const open = new SessionPool(tools, tools.signal);
  const never = new AbortController().signal;
  // One listener for each host that connects, as with the run's own.
  setMaxListeners(0, never);
  const closing = new SessionPool(tools, never);
  const interrupt = () => void open.close();
  tools.signal.addEventListener('abort', interrupt);
  try {
    await job({ open, closing });
  } finally {
    tools.signal.removeEventListener('abort', interrupt);
    await Promise.all([open.close(), closing.close()]);
  }
}
