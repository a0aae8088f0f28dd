import type { Duplex } from 'node:stream';
import type { Credential } from './credentials.ts';

/** What it takes to get a connection. */
export interface Login {
  readonly socket: Duplex;
  readonly user: string;
  readonly credentials: readonly Credential[];
  readonly hostKeyAlgorithms: readonly string[];
  verifyHostKey(key: Buffer): boolean;
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds. */
  readonly keepalive: number;
}
