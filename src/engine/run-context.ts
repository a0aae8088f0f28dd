import type { Answer, Facts, Failure, Invocation, Listener, Project, Reader } from '../model/index.ts';
import type { HostSessions } from './host-sessions.ts';
import type { TagSelection } from './tag-selection.ts';

/** What a run needs from outside: the engine itself knows nothing of SSH, SELinux, the terminal or the clock. */
export interface RunContext {
  readonly project: Project;
  readonly sessions: HostSessions;
  readFacts(host: Reader): Promise<Facts>;
  /**
   * Asks a host what SELinux has denied since then (by `performance.now()`). Returns a function that adds it to failures; it
   * never rejects.
   */
  readDenials(
    ask: (probe: Invocation) => Promise<Answer | undefined>,
    since: number,
  ): Promise<(failure: Failure) => Failure>;
  readonly listener: Listener;
  /** The id of the run, for what runs apart from a connection. */
  readonly runId: string;
  /** Aborted: the run ends in order. */
  readonly signal: AbortSignal;
  /** How many hosts at a time. */
  readonly forks: number;
  /** Default: every step. */
  readonly selection?: TagSelection;
}
