import { createConnection, type Socket } from 'node:net';
import type { Host } from '../model/index.ts';

/** Milliseconds for an address to answer at all: time for a lost first packet to be sent thrice more. */
const TCP_LIMIT = 10_000;

/** The TCP connection to a host; one that nobody answers ends with ETIMEDOUT. */
export function dial({ address, port }: Host, timeout: number): Socket {
  const limit = Math.min(timeout, TCP_LIMIT);
  // Node gives each address of a name 250 ms by default: too little for a slow link.
  const socket = createConnection({
    host: address,
    port,
    noDelay: true,
    autoSelectFamilyAttemptTimeout: 3000,
  });
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error(`no answer within ${limit / 1000} s`), { code: 'ETIMEDOUT' }));
  }, limit);
  return socket.once('connect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}
