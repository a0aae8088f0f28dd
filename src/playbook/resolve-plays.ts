import { fieldPlace, type Host, InputError, type Inventory, type Play, startOf } from '../model/index.ts';
import { bindPlay } from './bind-play.ts';
import { checkDuplicateHosts } from './check-duplicate-hosts.ts';
import { checkRequirements } from './check-requirements.ts';
import { checkUnknownVars } from './check-unknown-vars.ts';
import type { PlayDefinition } from './define-playbook.ts';
import { parseExtraVars } from './extra-vars.ts';
import type { LoadedPlaybook } from './load-playbook.ts';

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
