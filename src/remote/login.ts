import type { Duplex } from 'node:stream';
import type { Algorithms } from './algorithms.ts';
import type { Credential } from './credentials.ts';

/** What it takes to get a connection. */
export interface Login {
  readonly socket: Duplex;
  readonly user: string;
  readonly credentials: readonly Credential[];
  readonly algorithms: Algorithms;
  verifyHostKey(key: Buffer): boolean;
  /** Awaited before the first credential is offered; if it rejects, none is. */
  storeHostKey(): Promise<void>;
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds. */
  readonly keepalive: number;
}
