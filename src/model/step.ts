import type { Finding } from './change.ts';
import type { Place } from './place.ts';
import type { Effects, PredictedEffects } from './predicted-effects.ts';
import type { Reader } from './reader.ts';
import type { Project } from './resource.ts';

/** Who a step is, wherever it is spoken of. */
export interface StepIdentity {
  readonly kind: string;
  readonly name: string;
  /** Kind and name: `file /etc/motd`. */
  readonly label: string;
  /** Where the playbook wrote it. */
  readonly place: Place | undefined;
  readonly manages: readonly string[];
  /** Its own and those of its play. */
  readonly tags: readonly string[];
}

/** One resource with its spec, as the playbook wrote it. */
export interface Step extends StepIdentity {
  prepare(project: Project): Promise<PreparedStep>;
}

/** A step that needs nothing of the laptop any more. */
export interface PreparedStep extends StepIdentity {
  look(host: Reader): Promise<Look>;
}

/** What one look at a step's object saw; all that follows from it is pure. */
export interface Look {
  diff(effects: PredictedEffects): Finding;
  effects(finding: Finding): Effects;
}
