import { callerPlace, didYouMean, type Host, InputError, type Inventory } from '../model/index.ts';

/** What a playbook asks for the hosts of a group with; a group that is not there is an error where it asks. */
export function groupsOf({ file, groups }: Inventory): (name: string) => readonly Host[] {
  return function group(name) {
    const hosts = groups.get(name);
    if (hosts) return hosts;
    const message = `the inventory ${file} has no group \`${name}\`${didYouMean(name, groups.keys())}`;
    throw new InputError(message, { place: callerPlace(group) });
  };
}
