import { didYouMean, type Host, InputError, type Inventory } from '../model/index.ts';

/**
 * The hosts that a pattern names, in the inventory's order. `a,b` or `a:b` takes both; `!x` takes x out and `&x`
 * leaves only what is also in x, wherever they stand; `lb-*` and `lb-0?` match names of hosts and groups. A
 * pattern of nothing but `!` and `&` begins with all.
 */
export function selectHosts(
  inventory: Pick<Inventory, 'hosts' | 'groups'>,
  pattern: string,
): readonly Host[] {
  const terms = termsOf(pattern, inventory);
  const named = (sign: string) =>
    terms.filter((term) => term.sign === sign).map(({ name }) => hostsNamed(name, inventory, pattern));
  const wanted = named('');
  const only = named('&');
  const without = named('!');
  return inventory.hosts.filter(
    (host) =>
      (wanted.length === 0 || wanted.some((hosts) => hosts.has(host))) &&
      only.every((hosts) => hosts.has(host)) &&
      !without.some((hosts) => hosts.has(host)),
  );
}

function termsOf(pattern: string, { hosts }: Pick<Inventory, 'hosts'>): { sign: string; name: string }[] {
  const whole = pattern.trim();
  // An IPv6 address has colons of its own.
  if (hosts.some(({ name }) => name === whole)) return [{ sign: '', name: whole }];
  const words = whole.split(whole.includes(',') ? ',' : /[,:]/).map((word) => word.trim());
  const terms = words
    .filter((word) => word !== '')
    .map((word) => {
      const [, sign = '', name = ''] = /^([!&]?)\s*(.*)$/.exec(word) ?? [];
      return { sign, name };
    });
  if (terms.length === 0) throw new InputError(`expected names of hosts or groups, found an empty pattern`);
  return terms;
}

function hostsNamed(
  name: string,
  { hosts, groups }: Pick<Inventory, 'hosts' | 'groups'>,
  pattern: string,
): ReadonlySet<Host> {
  const glob = /[*?]/.test(name) ? globOf(name) : undefined;
  const matches = (candidate: string) => (glob ? glob.test(candidate) : candidate === name);
  const inGroups = [...groups].filter(([group]) => matches(group));
  const byName = hosts.filter((host) => matches(host.name));
  if (inGroups.length === 0 && byName.length === 0) {
    const known = [...groups.keys(), ...hosts.map((host) => host.name)];
    const within = pattern.trim() === name ? '' : ` (in \`${pattern}\`)`;
    const message = `no host or group ${glob ? 'matches' : 'is called'} \`${name}\`${within}`;
    throw new InputError(message + didYouMean(name, known));
  }
  return new Set([...inGroups.flatMap(([, members]) => members), ...byName]);
}

function globOf(name: string): RegExp {
  const source = name
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}
