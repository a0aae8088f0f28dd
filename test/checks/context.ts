import type { CheckContext, Host, Reader } from '../../src/model/index.ts';
import { scriptedHost } from '../scripted-host.ts';

/** A check's surroundings: its own host, and others by their names. */
export function checkContext(
  host: Reader = scriptedHost({}),
  others: Readonly<Record<string, Reader>> = {},
): CheckContext {
  return {
    /** These are always the first of a host's checks. */
    get since() {
      return performance.now();
    },
    host,
    at({ name }) {
      const other = others[name];
      if (!other) throw new Error(`no reader for ${name}`);
      return other;
    },
    disturb: () => Promise.reject(new Error('this check does not disturb')),
  };
}

export function inventoryHost(name: string, address = name): Host {
  return { name, address, port: 22, user: 'root', hostKeys: 'strict', groups: [], vars: {} };
}
