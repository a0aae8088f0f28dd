import type { Run } from '../engine/run.ts';
import type { HostResult, Listener } from '../model/index.ts';
import type { Options, Verb } from './options.ts';
import type { Progress } from './progress.ts';

/** What plan, apply and verify work with. */
export interface CommandContext {
  readonly run: Run;
  readonly options: Options;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly tell: Listener;
  /** Prints results before the command's end, as apply does with its plan. */
  print(verb: Verb, hosts: readonly HostResult[]): void;
}
