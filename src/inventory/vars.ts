import type { Node } from 'yaml';
import type { Place } from '../model/index.ts';
import { checkConnection } from './connection.ts';
import type { YamlFile } from './yaml-file.ts';

/** A var with what it was set to, and where. */
export interface VarValue {
  readonly name: string;
  readonly value: unknown;
  readonly place: Place;
}

/** In the order of writing: of the same name, a later one wins. */
export type Vars = readonly VarValue[];

/** The vars of a mapping, those of its merge keys (`<<`) too. */
export function varsOf(yaml: YamlFile, node: Node | undefined, expected: string): VarValue[] {
  const places = new Map(yaml.entries(node, expected).map(({ key, place }) => [key, place]));
  const merged = places.get('<<');
  const vars = Object.entries(Object(yaml.valueOf(node))).map(([name, value]) => ({
    name,
    value,
    place: places.get(name) ?? merged ?? yaml.placeOf(node),
  }));
  for (const one of vars) checkConnection(one);
  return vars;
}
