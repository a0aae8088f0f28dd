import type { z } from 'zod';
import type { Finding } from './change.ts';
import type { Effects, PredictedEffects } from './predicted-effects.ts';
import type { Reader } from './reader.ts';

/** The laptop's side of a run: where relative paths of a playbook begin. */
export interface Project {
  readonly root: string;
}

/**
 * A kind of step: how to look at one thing on a host, and how to decide what differs. It has no way to act:
 * the actions in its findings are data, and the engine performs them.
 *
 * `Schema` checks what the playbook writes, `Ready` is the same after everything on the laptop was resolved,
 * `State` is what a look found.
 */
export interface Resource<Schema extends z.ZodType, State, Ready = z.output<Schema>> {
  readonly kind: string;
  readonly schema: Schema;
  /** How people call it in output. */
  name(spec: z.output<Schema>): string;
  /** The objects that it owns, such as `file:/etc/x`: no two steps of a host may own the same. */
  manages(spec: z.output<Schema>): string[];
  /** Reads sources and templates on the laptop before any host is touched. */
  prepare?(spec: z.output<Schema>, project: Project): Promise<Ready>;
  /** Looks at the host, and changes nothing there. */
  read(spec: Ready, host: Reader): Promise<State>;
  /** Decides from what was seen, and from nothing else. */
  diff(spec: Ready, state: State, effects: PredictedEffects): Finding;
  /** What its pending finding will bring for later steps. */
  effects?(spec: Ready, state: State, finding: Finding): Effects;
}
