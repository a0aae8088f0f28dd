import type { QueryCommand } from './query-commands.ts';

export type Verb = 'plan' | 'apply' | 'verify';

/** What a person asked for on the command line. */
export interface Options {
  readonly verb: Verb;
  readonly playbook: string;
  readonly inventory: string;
  /** How many hosts the inventory may have. */
  readonly maxHosts?: number | undefined;
  readonly limit: string | undefined;
  readonly extraVars: readonly string[];
  /** Only steps with one of these; empty: all. */
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly forks: number;
  readonly json: boolean;
  /** How often -v was given: 1 shows steps that are fine, 2 also commands, 3 also what they said. */
  readonly verbosity: number;
  readonly diff: boolean;
  readonly yes: boolean;
  readonly detailedExitcode: boolean;
  /** Run the checks after a successful apply. */
  readonly verify: boolean;
  /** Run also the checks that interrupt the site for a moment. */
  readonly disturb: boolean;
  /** Draw the site instead of listing its checks. */
  readonly map: boolean;
  /** A file for the result as JUnit XML. */
  readonly junit: string | undefined;
}

/** `trueup hosts forget`. */
export interface ForgetOptions {
  readonly verb: 'forget';
  readonly pattern: string;
  readonly inventory: string;
  /** How many hosts the inventory may have. */
  readonly maxHosts?: number | undefined;
}

/** Anything that a command line can ask for. */
export type Request = Options | ForgetOptions | QueryCommand;

/** Whether it is about a playbook's run; what is not has a way of its own. */
export function isRun(request: Request): request is Options {
  return request.verb === 'plan' || request.verb === 'apply' || request.verb === 'verify';
}
