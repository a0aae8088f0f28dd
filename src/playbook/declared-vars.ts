import { didYouMean } from '../model/index.ts';

// JSON.stringify and await ask every object for these.
const ASKED_OF_ALL = ['toJSON', 'then'];

/**
 * The vars of a host for a playbook, in which a misspelt name is an error: `undefined` would be written into a file
 * as a word. Declared ones that have no value are undefined, as they were said to be.
 */
export function declaredVars<Vars extends object>(vars: Vars, declared: readonly string[]): Vars {
  return new Proxy(vars, {
    get: (target, name, receiver) => {
      if (typeof name === 'symbol' || name in target || [...declared, ...ASKED_OF_ALL].includes(name)) {
        return Reflect.get(target, name, receiver);
      }
      throw new Error(`the play declares no var \`${name}\`${didYouMean(name, declared)}`);
    },
  });
}
