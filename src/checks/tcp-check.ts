import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { defineCheck, type Outcome } from '../model/index.ts';
import { connectFailure, tooLate } from './connect-failure.ts';

const schema = z.strictObject({
  /** Name or address to connect to. */
  address: z.string().min(1),
  port: z.int().min(1).max(65535),
  /** Seconds until the connection must stand. Default 5. */
  timeout: z.number().positive().max(600).default(5),
  /**
   * Seconds to go on trying while it fails, from the first of the host's checks on: for an address that is just moving, or
   * was just set up. Default 0.
   */
  settle: z.number().min(0).max(600).default(0),
});

type Spec = z.output<typeof schema>;

const BETWEEN_TRIES = 250;

/**
 * Connects to a TCP port from the machine that trueup runs on, and closes the connection again.
 *
 * Fails if it is refused, rejected, or not there in time, and still so after `settle`. What listens there is not
 * asked.
 *
 * ```ts
 * tcpCheck({ address: host.address, port: 22 })
 * ```
 *
 * Follows connect(2).
 */
export const tcpCheck = defineCheck({
  kind: 'tcpCheck',
  schema,
  name: ({ address, port }) => `${address} port ${port}`,
  async run(spec, { since }) {
    const deadline = since + spec.settle * 1000;
    for (;;) {
      const outcome = await connectOnce(spec);
      if (outcome.ok || performance.now() >= deadline) return outcome;
      await pause(BETWEEN_TRIES);
    }
  },
});

async function connectOnce({ address, port, timeout }: Spec): Promise<Outcome> {
  const signal = AbortSignal.timeout(timeout * 1000);
  const started = performance.now();
  const socket = net.connect({ host: address, port });
  try {
    await once(socket, 'connect', { signal });
    return { ok: true, detail: `connected after ${Math.round(performance.now() - started)} ms` };
  } catch (error) {
    return connectFailure('', signal.aborted ? tooLate(timeout) : error);
  } finally {
    socket.destroy();
  }
}
