import { didYouMean, type Host, InputError, type Inventory } from '../model/index.ts';
import { expandRange, MOST_HOSTS } from './expand-range.ts';

/**
 * The hosts that a pattern names, in the inventory's order; the patterns that Ansible has. `a,b` or `a:b` takes
 * both; `!x` takes x out and `&x` leaves only what is also in x, wherever they stand; a pattern of nothing but `!`
 * and `&` begins with all. A name is that of a host or a group, may hold `*`, `?` and `[ab]`, may be a regular
 * expression after `~`, and may end in a place or a range: `web[0]`, `web[-1]`, `web[0:2]` are the first, the last
 * and the first three hosts of web. Where nothing is called so, `web-[01:03]` is web-01, web-02, web-03.
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
  const words = whole.split(whole.includes(',') ? ',' : /:(?![^[]*\])/).map((word) => word.trim());
  const terms = words
    .filter((word) => word !== '')
    .map((word) => {
      const [, sign = '', name = ''] = /^([!&]?)\s*(.*)$/.exec(word) ?? [];
      return { sign, name };
    });
  if (terms.length === 0) throw new InputError(`expected names of hosts or groups, found an empty pattern`);
  return terms;
}

type Known = Pick<Inventory, 'hosts' | 'groups'>;

function hostsNamed(name: string, inventory: Known, pattern: string): ReadonlySet<Host> {
  const found = subscripted(name, inventory) ?? matching(name, inventory) ?? ranged(name, inventory);
  if (found) return new Set(found);
  const known = [...inventory.groups.keys(), ...inventory.hosts.map((host) => host.name)];
  const within = pattern.trim() === name ? '' : ` (in \`${pattern}\`)`;
  const verb = matcherOf(name) ? 'matches' : 'is called';
  const addressed = inventory.hosts.find(({ address }) => address === name);
  const meant = addressed ? `: did you mean \`${addressed.name}\`?` : didYouMean(name, known);
  throw new InputError(`no host or group ${verb} \`${name}\`${within}${meant}`, {
    advice: /\s/.test(name) ? 'Between names there is a comma, as in `web*,!web-02`.' : undefined,
  });
}

/** The hosts of that name and of the groups of that name, in the inventory's order; undefined if there is none. */
function matching(name: string, { hosts, groups }: Known): Host[] | undefined {
  const matcher = matcherOf(name);
  const matches = (candidate: string) => (matcher ? matcher.test(candidate) : candidate === name);
  const inGroups = [...groups].filter(([group]) => matches(group));
  const members = new Set(inGroups.flatMap(([, of]) => of));
  const found = hosts.filter((host) => matches(host.name) || members.has(host));
  return inGroups.length + found.length === 0 ? undefined : found;
}

/** `web[0]`, `web[-1]`, `web[0:2]` (its end is part of it), `web[1:]`; brackets of a regular expression are its own. */
function subscripted(name: string, inventory: Known): Host[] | undefined {
  const [, base, single, from, to] = /^([^~].*)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/.exec(name) ?? [];
  const hosts = base === undefined ? undefined : matching(base, inventory);
  if (!hosts) return undefined;
  const chosen =
    single === undefined
      ? hosts.slice(Number(from), to ? Number(to) + 1 : undefined)
      : [hosts.at(Number(single))];
  const found = chosen.filter((host) => host !== undefined);
  if (found.length > 0) return found;
  throw new InputError(
    `\`${name}\` is behind the end: \`${base}\` has ${hosts.length} hosts, counted from 0`,
  );
}

/** `web-[01:03]`, as an inventory may name its hosts: every one of them must be there. */
function ranged(name: string, inventory: Known): Host[] | undefined {
  if (!/\[\w+:\w+/.test(name)) return undefined;
  const most = Math.max(MOST_HOSTS, inventory.hosts.length);
  return expandRange(name, { most }).flatMap((one) => [...hostsNamed(one, inventory, name)]);
}

function matcherOf(name: string): RegExp | undefined {
  if (name.startsWith('~')) return regexOf(name.slice(1));
  return /[*?]|\[[^\]:]+\]/.test(name) ? globOf(name) : undefined;
}

function regexOf(source: string): RegExp {
  try {
    return new RegExp(`^(?:${source})`);
  } catch (error) {
    throw new InputError(`\`~${source}\` is no regular expression: ${String(error)}`, { cause: error });
  }
}

function globOf(name: string): RegExp {
  const source = name
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replace(/\[(?:!|\\\^)/g, '[^');
  return regexOf(`${source}$`);
}
