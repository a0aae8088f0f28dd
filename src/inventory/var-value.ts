import type { Place } from '../model/index.ts';

/** A var with what it was set to, and where. */
export interface VarValue {
  readonly name: string;
  readonly value: unknown;
  readonly place: Place;
}

/** In the order of writing: of the same name, a later one wins. */
export type Vars = readonly VarValue[];
