import type { Node } from 'yaml';
import { InputError } from '../model/index.ts';
import { checkConnection } from './connection.ts';
import type { VarValue } from './var-value.ts';
import { describe, HIDDEN, type YamlFile } from './yaml-file.ts';

/** The vars of a mapping, those of its merge keys (`<<`) too. */
export function varsOf(yaml: YamlFile, node: Node | undefined, expected: string): VarValue[] {
  const places = new Map(yaml.entries(node, expected).map(({ key, place }) => [key, place]));
  const merged = places.get('<<');
  const vars = Object.entries(Object(yaml.valueOf(node))).map(([name, value]) => ({
    name,
    value,
    place: places.get(name) ?? merged ?? yaml.placeOf(node),
  }));
  for (const one of vars) {
    refuseOddName(one, expected);
    checkConnection(one);
  }
  return vars;
}

/** A hidden character would show as another name; and YAML takes `name:value` for a name, and its value for nothing. */
function refuseOddName({ name, place }: VarValue, owner: string): void {
  const message = `${owner}: expected the name of a var, found ${describe(name)}`;
  if (HIDDEN.test(name)) throw new InputError(`${message}, which has hidden characters`, { place });
  if (!/[\s:]/.test(name)) return;
  throw new InputError(message, { place, advice: 'Write NAME: VALUE, with a space after the colon.' });
}
