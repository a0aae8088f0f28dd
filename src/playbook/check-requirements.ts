import { fieldPlace, formatPlace, InputError, type Inventory } from '../model/index.ts';
import type { PlayDefinition } from './define-playbook.ts';
import type { ExtraVars } from './extra-vars.ts';
import { groupsOf } from './groups-of.ts';
import { locateError } from './locate-error.ts';
import { varsFor } from './play-vars.ts';

/** Refuses plays whose `requires` names what is not met; all of it is told at once, each with its play's place. */
export function checkRequirements(
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
