import { createConnection, type Socket } from 'node:net';
import type { Host } from '../model/index.ts';

/** Milliseconds for a host to answer and its sshd to greet: time for a lost first packet to be sent thrice more. */
const GREETING_LIMIT = 10_000;

/** The TCP connection to a host; one over which nobody greets ends with ETIMEDOUT. */
export function tcpConnect({ address, port }: Host, timeout: number): Socket {
  const limit = Math.min(timeout, GREETING_LIMIT);
  // Node gives each address of a name 250 ms by default: too little for a slow link.
  const socket = createConnection({
    host: address,
    port,
    noDelay: true,
    autoSelectFamilyAttemptTimeout: 3000,
  });
  const timer = setTimeout(() => {
    const error = new Error(`no greeting within ${limit / 1000} s`);
    socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
  }, limit);
  return socket.once('data', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}
