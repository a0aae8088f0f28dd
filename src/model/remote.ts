import type { RemoteFile } from './change.ts';
import type { Command } from './command.ts';
import type { Output, Reader } from './reader.ts';

/** One command of a batch. */
export interface Invocation {
  readonly command: Command;
  readonly stdin?: string | Buffer;
  /** Variables of its environment. They travel on stdin, like its own: no command line shows them, and no output does. */
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds until it is killed. */
  readonly limit: number;
  /** Its output may hold undeclared secrets, such as password hashes, so it is not logged. */
  readonly confidential?: true;
}

/** What runs apart from the connection, and can be come back to. */
export interface Job {
  /** The same name: the same work. */
  readonly name: string;
  /** Who asks: an answer that was left behind is for those who asked while it ran. */
  readonly run: string;
  /** Hears the latest line of its output while it runs, about once a second. */
  said?(line: string): void;
}

/** What became of an invocation: an answer, or the reason why there is none. */
export type Answer =
  | { readonly kind: 'output'; readonly output: Output }
  /** Killed at its limit. */
  | { readonly kind: 'timeout'; readonly output: Output }
  /** An action before it in the batch had failed. */
  | { readonly kind: 'skipped' };

/** What travels in one exec. */
export interface Batch {
  /** Run in order; the first that does not exit 0 ends them. */
  readonly actions: readonly Invocation[];
  /** Run in any case, after the actions. */
  readonly probes: readonly Invocation[];
}

export interface BatchAnswers {
  readonly actions: readonly Answer[];
  readonly probes: readonly Answer[];
}

/**
 * A connected host on which we are root. Every method is one exec; each rejects with LinkLostError when the
 * connection ends first, and with EscalationError when root cannot be had.
 */
export interface Remote {
  run(batch: Batch): Promise<BatchAnswers>;
  /** Lands the file whole or not at all. */
  write(file: RemoteFile): Promise<Answer>;
  /** Runs it apart from the connection and waits; if this job runs already, waits for that. */
  runDetached(job: Job, invocation: Invocation): Promise<Answer>;
  /** A second, fresh connection with its own handshake and login; rejects if it cannot be had. */
  reconnectTest(): Promise<void>;
  /** How many execs there were. */
  readonly execs: number;
  close(): Promise<void>;
}

/** Runs reads side by side, so that what they ask at the same time travels in one exec, after the actions. */
export type ReadTogether = <T>(
  remote: Remote,
  reads: readonly ((host: Reader) => Promise<T>)[],
  actions?: readonly Invocation[],
) => Promise<ReadResults<T>>;

export interface ReadResults<T> {
  readonly actions: readonly Answer[];
  readonly results: readonly PromiseSettledResult<T>[];
}
