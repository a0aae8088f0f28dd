import type { Readable } from 'node:stream';

/** One command over a connection, with its streams. */
export interface Exec {
  readonly line: string;
  /** A fresh stdin for each try to open a channel. */
  stdin(): Readable;
  onStdout(chunk: Buffer): void;
  onStderr(chunk: Buffer): void;
  /** Closes the channel, whatever still runs behind it. */
  readonly close: AbortSignal;
  /** Milliseconds; past them the whole connection counts as lost. */
  readonly deadline: number;
  /** Does not wait for a free channel. */
  readonly urgent: boolean;
}

/** Both null: the channel died, and nothing is known of the command. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: string | null;
}
