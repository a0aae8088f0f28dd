import type { ExecOptions, Outcome } from './exec.ts';
import type { Host, Net } from './names.ts';

/** What differs between the kinds of machines that hosts can be. */
export interface Platform {
  /** Adds to a fresh disk, which is mounted, what this kind needs there. */
  equip(host: Host): Promise<void>;
  /** Lays out what lies outside of the machine; gives the command that is the machine. It ends with 133 to be started again. */
  assemble(net: Net, host: Host): Promise<string[]>;
  /** Asks the host to shut down, and does not wait. */
  pressPowerButton(host: Host): Promise<void>;
  /** What tells this boot of the host from all others; undefined where it cannot be asked yet, or is off. */
  bootOf(host: Host): Promise<string | undefined>;
  /** Runs a shell command in the host as root. */
  run(host: Host, command: string, options?: ExecOptions): Promise<Outcome>;
}
