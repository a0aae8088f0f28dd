import type { Place } from './place.ts';
import type { Reader } from './reader.ts';

export type Outcome =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly detail: string; readonly advice?: string };

/** What a check may use. */
export interface CheckContext {
  /** A look at the host whose play lists the check. */
  readonly host: Reader;
}

/** Proves from outside that a play serves its purpose; a play lists checks under `verify`. */
export interface Check {
  readonly kind: string;
  readonly name: string;
  readonly place: Place | undefined;
  run(context: CheckContext): Promise<Outcome>;
}
