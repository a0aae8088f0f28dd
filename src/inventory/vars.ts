import type { Node } from 'yaml';
import { checkConnection } from './connection.ts';
import type { VarValue } from './var-value.ts';
import type { YamlFile } from './yaml-file.ts';

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
