import { didYouMean, InputError, type StepIdentity } from '../model/index.ts';

/** Which steps a run is about, by their tags. */
export interface TagSelection {
  /** Only steps with one of these; empty: all steps. */
  readonly tags: readonly string[];
  /** None with one of these, whatever `tags` says. */
  readonly skipTags: readonly string[];
}

export const everyStep: TagSelection = { tags: [], skipTags: [] };

export function isSelected({ tags }: Pick<StepIdentity, 'tags'>, selection: TagSelection): boolean {
  const has = (words: readonly string[]) => words.some((word) => tags.includes(word));
  return (selection.tags.length === 0 || has(selection.tags)) && !has(selection.skipTags);
}

/** Refuses a word that no step has: a misspelt --skip-tags would run what was to be left out. */
export function refuseUnknownTags(known: ReadonlySet<string>, { tags, skipTags }: TagSelection): void {
  for (const [flag, words] of [['--tags', tags] as const, ['--skip-tags', skipTags] as const]) {
    const stranger = words.find((word) => !known.has(word));
    if (stranger === undefined) continue;
    const there =
      known.size > 0 ? `There are: ${[...known].sort().join(', ')}.` : 'The playbook has no tags.';
    const message = `${flag} ${stranger}: no step has this tag${didYouMean(stranger, known)}`;
    throw new InputError(message, { advice: there });
  }
}

export function nothingSelected({ tags, skipTags }: TagSelection): InputError {
  const flags = [
    ...(tags.length > 0 ? [`--tags ${tags.join(',')}`] : []),
    ...(skipTags.length > 0 ? [`--skip-tags ${skipTags.join(',')}`] : []),
  ];
  return new InputError(`${flags.join(' ')} leaves no step on any host`);
}
