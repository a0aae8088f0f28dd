import type { HostResult, RolledStep, RunResult, StepResult } from './run-result.ts';

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
  | {
      readonly type: 'step-started';
      readonly host: string;
      readonly step: string;
      readonly index: number;
      readonly total: number;
    }
  | { readonly type: 'step-finished'; readonly host: string; readonly result: StepResult }
  | { readonly type: 'rolled-step-finished'; readonly host: string; readonly result: RolledStep }
  | { readonly type: 'batch-started'; readonly play: string; readonly hosts: readonly string[] }
  | { readonly type: 'host-finished'; readonly host: string; readonly result: HostResult };

export type Listener = (event: RunEvent) => void;
