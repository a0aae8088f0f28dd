import type { Command } from './command.ts';
import type { Answer } from './remote.ts';
import type { HostPart, HostResult, RolledStep, RunResult, StepResult } from './run-result.ts';

/** What a run says while it goes on. Views draw these, and decide nothing. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly command: RunResult['command'];
      readonly hosts: readonly string[];
    }
  | {
      readonly type: 'host-started';
      readonly host: string;
      readonly doing: 'connecting' | 'planning' | 'applying' | 'verifying';
    }
  | { readonly type: 'connecting'; readonly host: string; readonly again: boolean }
  | { readonly type: 'connected'; readonly host: string; readonly seconds: number }
  | {
      readonly type: 'step-started';
      readonly host: string;
      readonly step: string;
      readonly index: number;
      readonly total: number;
    }
  | { readonly type: 'command-finished'; readonly host: string; readonly command: Executed }
  /** The latest line of a command that still runs. */
  | { readonly type: 'said'; readonly host: string; readonly line: string }
  /** A step of the host, a check of it, or a hook around its change. */
  | { readonly type: 'step-finished'; readonly host: string; readonly result: StepResult | RolledStep }
  | { readonly type: 'batch-started'; readonly play: string; readonly hosts: readonly string[] }
  /** It waits for the others; `part`: what has become of it so far, where its part of a play is done. */
  | { readonly type: 'host-waits'; readonly host: string; readonly part?: HostPart }
  | { readonly type: 'host-finished'; readonly host: string; readonly result: HostResult }
  /** Ctrl-C, or another signal that ends the run in order. */
  | { readonly type: 'interrupted' }
  | { readonly type: 'asked'; readonly question: string; readonly yes: boolean };

/** What became of one command on a host. Nothing in it is masked yet. */
export interface Executed {
  readonly does: 'look' | 'act';
  readonly command: Command;
  /** Bytes that it got on stdin. The bytes themselves are not kept. */
  readonly stdin?: number | undefined;
  /** Its output is not to be shown or kept. */
  readonly confidential: boolean;
  /** By the clock of the host, or of the laptop if there is no answer. */
  readonly seconds: number;
  readonly answer: Answer | { readonly kind: 'none'; readonly why: string };
}

export type Listener = (event: RunEvent) => void;
