import {
  type Check,
  type Facts,
  FactsNeeded,
  type Host,
  InputError,
  type Inventory,
  type Play,
  type PlayContext,
  type Step,
  withTags,
} from '../model/index.ts';
import { blame } from './blame.ts';
import type { PlayDefinition } from './define-playbook.ts';
import type { ExtraVars } from './extra-vars.ts';
import { groupsOf } from './groups-of.ts';
import { varsFor } from './play-vars.ts';

/** The play for these hosts, the vars of each of them checked. */
export function bindPlay(
  play: PlayDefinition,
  hosts: readonly Host[],
  inventory: Inventory,
  extraVars: ExtraVars,
): Play {
  const vars = new Map(hosts.map((host) => [host.name, varsFor(play, host, inventory, extraVars)]));
  const context = (host: Host, facts: Facts | undefined) =>
    contextOf(host, vars.get(host.name) ?? {}, inventory, facts);
  return {
    name: play.name,
    hosts,
    place: play.place,
    steps: (host, facts) =>
      listOf<Step>(play, 'steps', context(host, facts)).map((step) => withTags(step, play.tags)),
    checks: (host, facts) => listOf<Check>(play, 'verify', context(host, facts)),
  };
}

function contextOf(
  host: Host,
  vars: Record<string, unknown>,
  inventory: Inventory,
  facts: Facts | undefined,
): PlayContext<never> {
  return {
    host,
    vars: vars as never,
    group: groupsOf(inventory),
    get facts(): Facts {
      if (!facts) throw new FactsNeeded();
      return facts;
    },
  };
}

function listOf<Item extends Step | Check>(
  play: PlayDefinition,
  field: 'steps' | 'verify',
  context: PlayContext<never>,
): Item[] {
  const doing = `${field} of play ${play.name}, for host ${context.host.name}`;
  try {
    return mustBeList(play[field](context), doing, field === 'steps' ? 'step' : 'check', play);
  } catch (error) {
    throw blame(error, doing, play.place);
  }
}

function mustBeList<Item>(list: unknown, doing: string, item: string, { place }: PlayDefinition): Item[] {
  if (!Array.isArray(list)) {
    const got = list instanceof Promise ? 'a promise: the function must not be async' : typeof list;
    throw new InputError(`${doing}: expected a list of ${item}s, got ${got}`, { place });
  }
  const stranger = list.findIndex((each) => typeof each !== 'object' || each === null || !('kind' in each));
  if (stranger < 0) return list;
  throw new InputError(
    `${doing}: number ${stranger + 1} of the list is no ${item}: ${String(list[stranger])}`,
    {
      place,
      advice: `For one that is there only sometimes: ...(condition ? [${item}] : [])`,
    },
  );
}
