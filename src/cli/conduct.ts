import type { Fleet } from '../engine/fleet.ts';
import type { HostResult, Listener } from '../model/index.ts';
import type { Options, Verb } from './options.ts';
import type { Progress } from './progress.ts';

/** What a command works with. */
export interface Conduct {
  readonly fleet: Fleet;
  readonly options: Options;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly tell: Listener;
  /** Prints results before the command's end, as apply does with its plan. */
  print(verb: Verb, hosts: readonly HostResult[]): void;
}
