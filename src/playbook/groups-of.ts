import { callerPlace, didYouMean, type Host, InputError, type Inventory } from '../model/index.ts';
import type { ExtraVars } from './extra-vars.ts';

/**
 * What a playbook asks for the hosts of a group with, their vars with those of the command line; a group that is not
 * there is an error where it asks.
 */
export function groupsOf(
  { file, groups }: Inventory,
  extraVars: ExtraVars,
): (name: string) => readonly Host[] {
  const extra = Object.fromEntries([...extraVars].map(([name, { value }]) => [name, value]));
  return function group(name) {
    const hosts = groups.get(name);
    if (hosts) return hosts.map((host) => ({ ...host, vars: { ...host.vars, ...extra } }));
    const message = `the inventory ${file} has no group \`${name}\`${didYouMean(name, groups.keys())}`;
    throw new InputError(message, { place: callerPlace(group) });
  };
}
