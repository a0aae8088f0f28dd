import { InputError } from './errors.ts';
import { fieldPlace } from './field-place.ts';
import type { Place } from './place.ts';
import type { Step } from './step.ts';

/** What every step can be given besides its own fields. */
export interface Tagged {
  /** Words to choose it by: `--tags` keeps only steps with one of the words, `--skip-tags` leaves those out. */
  tags?: readonly string[];
}

/** Ansible gives these a meaning that they do not have here. */
const RESERVED = ['all', 'always', 'never', 'tagged', 'untagged'];

/** The tags, if `--tags a,b` can name them. */
export function checkedTags(tags: unknown, owner: string, place: Place | undefined): readonly string[] {
  if (tags === undefined) return [];
  const problem = Array.isArray(tags)
    ? tags.map(problemWith).find((each) => each !== undefined)
    : 'expected a list of words';
  if (problem === undefined) return tags as readonly string[];
  throw new InputError(`${owner}: tags: ${problem}`, { place: fieldPlace(place, ['tags']) });
}

function problemWith(tag: unknown): string | undefined {
  if (typeof tag !== 'string' || !/^[\w.-]+$/.test(tag)) {
    return `expected words of letters, digits, - _ and ., found ${JSON.stringify(tag)}`;
  }
  if (!RESERVED.includes(tag)) return undefined;
  return `\`${tag}\` has a special meaning in Ansible, but not in trueup; use another word`;
}

/** The step with these tags besides its own. */
export function withTags(step: Step, more: readonly string[]): Step {
  if (more.length === 0) return step;
  const tags = [...new Set([...step.tags, ...more])];
  return { ...step, tags, prepare: async (project) => ({ ...(await step.prepare(project)), tags }) };
}
