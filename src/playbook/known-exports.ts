import { callerPlace, didYouMean, InputError } from '../model/index.ts';

/** What `import … from 'trueup'` gets: a name that is not in it is an error where it is used. */
export function knownExports(trueup: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { get } = {
    get(target: Record<string, unknown>, name: string | symbol): unknown {
      if (typeof name === 'symbol' || name in target || NOT_ASKED_BY_PEOPLE.includes(name)) {
        return Reflect.get(target, name);
      }
      const message = `trueup exports no \`${name}\`${didYouMean(name, Object.keys(target))}`;
      throw new InputError(message, { place: callerPlace(get) });
    },
  };
  return new Proxy({ ...trueup }, { get });
}

/** What the loader, and a promise that is resolved with a module, look for. */
const NOT_ASKED_BY_PEOPLE = ['then', 'default', '__esModule', 'toJSON', '__JITI_ERROR__'];
