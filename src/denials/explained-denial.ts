import type { Denial } from './denial.ts';
import type { PolicyBoolean } from './denial-advice.ts';

/** A denial, and the booleans that would allow it by the host's own audit2why. */
export interface ExplainedDenial {
  readonly denial: Denial;
  readonly booleans: readonly PolicyBoolean[];
}
