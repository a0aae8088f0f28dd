import {
  type Check,
  callerPlace,
  didYouMean,
  type Facts,
  FactsNeeded,
  fieldPlace,
  formatPlace,
  type Host,
  InputError,
  type Inventory,
  type Play,
  type PlayContext,
  type Step,
  startOf,
  withTags,
} from '../model/index.ts';
import { bindRollout } from './bind-rollout.ts';
import type { PlayDefinition } from './define-playbook.ts';
import { type ExtraVar, type ExtraVars, parseExtraVars } from './extra-vars.ts';
import { listOf } from './list-of.ts';
import type { LoadedPlaybook } from './load-playbook.ts';
import { locateError } from './locate-error.ts';
import { varsFor } from './play-vars.ts';

export interface Selection {
  /** A pattern as a play's `hosts`: which hosts of each play to take. */
  readonly limit?: string | undefined;
  /** As the command line gave them: `NAME=VALUE` or `@FILE`. */
  readonly extraVars?: readonly string[] | undefined;
}

/** The plays that have hosts here, their vars checked: mistakes of the input come out before a host is asked. */
export function resolvePlays(
  { file, plays }: Pick<LoadedPlaybook, 'file' | 'plays'>,
  inventory: Inventory,
  { limit, extraVars: given = [] }: Selection,
): Play[] {
  const extraVars = parseExtraVars(given);
  if (inventory.hosts.length === 0) throw emptyInventory(inventory);
  const allowed = limit === undefined ? undefined : new Set(limited(inventory, limit));
  const selected = plays
    .map((play) => ({ play, hosts: hostsOf(play, inventory, allowed) }))
    .filter(({ hosts }) => hosts.length > 0);
  if (selected.length === 0) throw nothingSelected(file, plays, limit);
  const definitions = selected.map(({ play }) => play);
  checkUnknownVars(definitions, plays, inventory, extraVars);
  checkDuplicateHosts(new Set(selected.flatMap(({ hosts }) => hosts)), inventory);
  const bound = selected.map(({ play, hosts }) => bindPlay(play, hosts, inventory, extraVars));
  checkRequirements(definitions, inventory, extraVars);
  return bound;
}

function emptyInventory({ file }: Inventory): InputError {
  const advice = 'Write: all: → children: → GROUP: → hosts: → HOST: { address: … }.';
  return new InputError('there is no host in this inventory', { place: startOf(file), advice });
}

function limited(inventory: Inventory, limit: string): readonly Host[] {
  try {
    return inventory.select(limit);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`--limit: ${error.message}`, { advice: error.advice, cause: error });
  }
}

function hostsOf(play: PlayDefinition, inventory: Inventory, allowed: ReadonlySet<Host> | undefined): Host[] {
  try {
    return inventory.select(play.hosts).filter((host) => allowed?.has(host) ?? true);
  } catch (error) {
    if (!(error instanceof InputError) || error.place) throw error;
    throw error.at(fieldPlace(play.place, ['hosts']));
  }
}

function nothingSelected(
  file: string,
  plays: readonly PlayDefinition[],
  limit: string | undefined,
): InputError {
  const patterns = [...new Set(plays.map(({ hosts }) => hosts))].join(', ');
  const message =
    limit === undefined
      ? `no host of the inventory matches: ${patterns}`
      : `--limit ${limit} leaves no host: the plays are for ${patterns}`;
  return new InputError(message, { place: fieldPlace(plays[0]?.place, ['hosts']) ?? startOf(file) });
}

/** Refuses two names for one machine: a run would change it twice at once, each time over the other. */
function checkDuplicateHosts(hosts: Iterable<Host>, inventory: Inventory): void {
  const seen = new Map<string, Host>();
  for (const host of hosts) {
    const way = JSON.stringify([host.address, host.port, host.jump, host.proxyCommand]);
    const twin = seen.get(way);
    if (twin && twin.name !== host.name) throw twins(twin, host, inventory);
    seen.set(way, host);
  }
}

function twins(one: Host, other: Host, inventory: Inventory): InputError {
  const message = `${one.name} and ${other.name} are one host: both have the address ${other.address}`;
  const place = inventory.placeOf(other.name, 'address') ?? startOf(inventory.file);
  const advice = `Keep one of them, or take one with --limit: ${one.name} and ${other.name} would be changed at once.`;
  return new InputError(message, { place, advice });
}

/** Refuses vars of the command line that no selected play declares, and misspelt connection keys. */
function checkUnknownVars(
  selected: readonly PlayDefinition[],
  all: readonly PlayDefinition[],
  inventory: Inventory,
  extraVars: ExtraVars,
): void {
  const declared = new Set(selected.flatMap(({ vars }) => Object.keys(vars.shape)));
  const stranger = [...extraVars].find(([name]) => !declared.has(name));
  if (stranger) throw undeclared(stranger, declared, all);
  const [suspect] = inventory.suspects(declared);
  if (!suspect) return;
  throw new InputError(`unknown key \`${suspect.key}\`: did you mean \`${suspect.meant}\`?`, {
    place: suspect.place,
    advice: 'If it is a var, declare it in the vars of a play.',
  });
}

function undeclared(
  [name, { place }]: [string, ExtraVar],
  declared: ReadonlySet<string>,
  all: readonly PlayDefinition[],
): InputError {
  const elsewhere = all.find(({ vars }) => Object.hasOwn(vars.shape, name));
  const hint = elsewhere ? `; ${elsewhere.name} does, but has no host here` : didYouMean(name, declared);
  const known = declared.size === 0 ? 'They declare none.' : `They declare ${[...declared].join(', ')}.`;
  return new InputError(`-e ${name}: no selected play declares this var${hint}`, { place, advice: known });
}

/** Refuses plays whose `requires` names what is not met; all of it is told at once, each with its play's place. */
function checkRequirements(
  plays: readonly PlayDefinition[],
  inventory: Inventory,
  extraVars: ExtraVars,
): void {
  const unmet = plays.flatMap((play) => unmetOf(play, inventory, extraVars).map((text) => ({ play, text })));
  const [first, ...more] = unmet;
  if (!first) return;
  const lines = more.map(({ play: { place }, text }) => `\n${place ? `${formatPlace(place)}: ` : ''}${text}`);
  throw new InputError(`${first.text}${lines.join('')}`, { place: first.play.place });
}

function unmetOf(play: PlayDefinition, inventory: Inventory, extraVars: ExtraVars): string[] {
  if (!play.requires) return [];
  const hosts = inventory
    .select(play.hosts)
    .map((host) => ({ host, vars: varsFor(play, host, inventory, extraVars) as never }));
  const doing = `requires of play ${play.name}`;
  try {
    return mustBeTexts(play.requires({ hosts, group: groupsOf(inventory, extraVars) }), doing, play);
  } catch (error) {
    throw locateError(error, doing, () => fieldPlace(play.place, ['requires']));
  }
}

function mustBeTexts(list: unknown, doing: string, { place }: PlayDefinition): string[] {
  const isText = (each: unknown) => typeof each === 'string' && each.trim() !== '';
  if (Array.isArray(list) && list.every(isText)) return list;
  const got = list instanceof Promise ? 'a promise: the function must not be async' : typeof list;
  throw new InputError(
    `${doing}: expected a list of texts, got ${Array.isArray(list) ? 'one with something else in it' : got}`,
    {
      place: fieldPlace(place, ['requires']),
      advice: 'For one that is there only sometimes: ...(condition ? [text] : [])',
    },
  );
}

/** The play for these hosts, the vars of each of them checked. */
function bindPlay(
  play: PlayDefinition,
  hosts: readonly Host[],
  inventory: Inventory,
  extraVars: ExtraVars,
): Play {
  const vars = new Map(hosts.map((host) => [host.name, varsFor(play, host, inventory, extraVars)]));
  const context = (host: Host, facts: Facts | undefined) =>
    contextOf(host, vars.get(host.name) ?? {}, groupsOf(inventory, extraVars), facts);
  return {
    name: play.name,
    hosts,
    place: play.place,
    steps: (host, facts) => {
      const steps = listOf<Step>(play, 'steps', host, () => play.steps(context(host, facts)));
      return steps.map((step) => withTags(step, play.tags));
    },
    checks: (host, facts) => listOf<Check>(play, 'verify', host, () => play.verify(context(host, facts))),
    settle: play.settle,
    ...(play.rollout ? { rollout: bindRollout(play, play.rollout, context) } : {}),
  };
}

function contextOf(
  host: Host,
  vars: Record<string, unknown>,
  group: PlayContext<never>['group'],
  facts: Facts | undefined,
): PlayContext<never> {
  return {
    host,
    vars: vars as never,
    group,
    get facts(): Facts {
      if (!facts) throw new FactsNeeded();
      return facts;
    },
  };
}

/**
 * What a playbook asks for the hosts of a group with, their vars with those of the command line; a group that is not
 * there is an error where it asks.
 */
function groupsOf({ file, groups }: Inventory, extraVars: ExtraVars): (name: string) => readonly Host[] {
  const extra = Object.fromEntries([...extraVars].map(([name, { value }]) => [name, value]));
  return function group(name) {
    const hosts = groups.get(name);
    if (hosts) return hosts.map((host) => ({ ...host, vars: { ...host.vars, ...extra } }));
    const message = `the inventory ${file} has no group \`${name}\`${didYouMean(name, groups.keys())}`;
    throw new InputError(message, { place: callerPlace(group) });
  };
}
