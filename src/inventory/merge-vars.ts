import { connectionKey } from './connection.ts';
import type { Vars, VarValue } from './var-value.ts';

/** Of each var the last value; the names of one connection key are one. */
export function mergeVars(levels: readonly Vars[]): Map<string, VarValue> {
  return new Map(levels.flat().map((one) => [connectionKey(one.name) ?? one.name, one]));
}
