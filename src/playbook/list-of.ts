import { type Host, InputError } from '../model/index.ts';
import { blame } from './blame.ts';
import type { PlayDefinition } from './define-playbook.ts';

const ITEMS = { steps: 'step', verify: 'check', before: 'step', after: 'step' } as const;

/** The list that a function of a play gives for a host; what goes wrong in it names the playbook's line. */
export function listOf<Item>(
  play: PlayDefinition,
  field: keyof typeof ITEMS,
  host: Host,
  give: () => unknown,
): Item[] {
  const doing = `${field} of play ${play.name}, for host ${host.name}`;
  try {
    return mustBeList(give(), doing, ITEMS[field], play);
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
