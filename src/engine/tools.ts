import type { Facts, Host, Listener, Project, Reader, ReadTogether, Remote } from '../model/index.ts';
import type { TagSelection } from './select-steps.ts';
import type { RunIdentity } from './session/lock.ts';

/** What the engine is handed: it knows no SSH, no screen and no clock of its own. */
export interface Tools {
  /** Given up when the signal says so: not always that of the run, since what was opened is closed after Ctrl-C, too. */
  connect(host: Host, signal: AbortSignal): Promise<Remote>;
  readonly readTogether: ReadTogether;
  readFacts(host: Reader): Promise<Facts>;
  readonly listener: Listener;
  readonly project: Project;
  readonly run: RunIdentity;
  /** Aborted: the run ends, and no lost link is taken up again. */
  readonly signal: AbortSignal;
  /** How many hosts at a time. */
  readonly forks: number;
  /** Default: every step. */
  readonly selection?: TagSelection;
}
