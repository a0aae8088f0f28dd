import { fieldPlace, type Host, InputError } from '../model/index.ts';
import type { PlayDefinition } from './define-playbook.ts';
import { locateError } from './locate-error.ts';

const ITEMS = { steps: 'step', verify: 'check', before: 'step', after: 'step' } as const;

/** What only such items have; those that run elsewhere have steps. */
const MARKS = {
  steps: ['prepare'],
  verify: ['run'],
  before: ['prepare', 'steps'],
  after: ['prepare', 'steps'],
};

type Field = keyof typeof ITEMS;

/** The list that a function of a play gives for a host; what goes wrong in it names the playbook's line. */
export function listOf<Item>(play: PlayDefinition, field: Field, host: Host, give: () => unknown): Item[] {
  const doing = `${field} of play ${play.name}, for host ${host.name}`;
  try {
    return mustBeList(give(), doing, field, play);
  } catch (error) {
    throw locateError(error, doing, () => fieldPlace(play.place, [field]));
  }
}

function mustBeList<Item>(list: unknown, doing: string, field: Field, play: PlayDefinition): Item[] {
  const item = ITEMS[field];
  if (!Array.isArray(list)) {
    const got = list instanceof Promise ? 'a promise: the function must not be async' : typeof list;
    throw new InputError(`${doing}: expected a list of ${item}s, got ${got}`, {
      place: fieldPlace(play.place, [field]),
    });
  }
  const stranger = list.findIndex((each) => !MARKS[field].some((mark) => has(each, mark)));
  if (stranger < 0) return list;
  throw new InputError(
    `${doing}: number ${stranger + 1} of the list is no ${item}: ${inWords(list[stranger])}`,
    {
      place: fieldPlace(play.place, [field]),
      advice: adviceFor(list[stranger], item),
    },
  );
}

function has(value: unknown, key: string): value is object {
  return typeof value === 'object' && value !== null && key in value;
}

/** Never its own text: that of a function is its source. */
function inWords(stranger: unknown): string {
  if (typeof stranger === 'function') return 'a function';
  if (Array.isArray(stranger)) return 'a list';
  if (stranger instanceof Promise) return 'a promise';
  if (has(stranger, 'kind')) return `${Reflect.get(stranger, 'kind')}(…)`;
  return typeof stranger === 'object' && stranger !== null ? 'a plain object' : String(stranger);
}

function adviceFor(stranger: unknown, item: string): string {
  if (typeof stranger === 'function')
    return `Call it: a ${item} is what a function makes, such as file({ … }).`;
  if (Array.isArray(stranger)) return 'Write ... before a list, and its items are in this one.';
  if (stranger instanceof Promise)
    return `The functions that make a ${item} give it at once: nothing is waited for.`;
  if (has(stranger, 'kind'))
    return 'Steps belong under steps, checks under verify, and on(…) under before or after.';
  if (typeof stranger === 'object' && stranger !== null)
    return `A ${item} is what a function makes, such as file({ … }).`;
  return `For one that is there only sometimes: ...(condition ? [${item}] : [])`;
}
