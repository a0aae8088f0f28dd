import { didYouMean, InputError, type StepIdentity } from '../model/index.ts';

/** The steps that a run is about, by their tags. */
export interface TagSelection {
  /** Only steps with one of these; empty: all steps. */
  readonly tags: readonly string[];
  /** No step with one of these, whatever `tags` says. */
  readonly skipTags: readonly string[];
}

/** What is known of a host's steps: nothing (undefined) where they depend on facts. */
interface Tagged {
  readonly tags: readonly string[] | undefined;
  readonly mayHaveSteps: boolean;
}

export const everyStep: TagSelection = { tags: [], skipTags: [] };

export function isSelected({ tags }: Pick<StepIdentity, 'tags'>, selection: TagSelection): boolean {
  const has = (words: readonly string[]) => words.some((word) => tags.includes(word));
  return (selection.tags.length === 0 || has(selection.tags)) && !has(selection.skipTags);
}

/** The hosts that have a selected step, or may have one. */
export function hostsWithSelectedSteps<T extends Tagged>(hosts: readonly T[], selection: TagSelection): T[] {
  if (hosts.every(({ tags }) => tags !== undefined)) checkTags(tagsOf(hosts), selection);
  const found = hosts.filter(({ mayHaveSteps }) => mayHaveSteps);
  if (found.length === 0) throw nothingSelected(selection);
  return found;
}

/** Once the hosts were asked. One that could not be asked may have the steps of --tags; with a misspelt --skip-tags nothing may run. */
export function checkTagsAfterPlan(hosts: readonly Tagged[], { tags, skipTags }: TagSelection): void {
  const known = hosts.filter((host) => host.tags !== undefined);
  if (known.length === 0) return;
  checkTags(tagsOf(hosts), { tags: known.length === hosts.length ? tags : [], skipTags });
}

/** Refuses a tag that no step has: a misspelt --skip-tags would run what was to be left out. */
export function checkTags(known: ReadonlySet<string>, { tags, skipTags }: TagSelection): void {
  for (const [flag, words] of [['--tags', tags] as const, ['--skip-tags', skipTags] as const]) {
    const stranger = words.find((word) => !known.has(word));
    if (stranger === undefined) continue;
    const there =
      known.size > 0 ? `There are: ${[...known].sort().join(', ')}.` : 'The playbook has no tags.';
    const message = `${flag} ${stranger}: no step has this tag${didYouMean(stranger, known)}`;
    throw new InputError(message, { advice: there });
  }
}

function tagsOf(hosts: readonly Tagged[]): ReadonlySet<string> {
  return new Set(hosts.flatMap(({ tags }) => tags ?? []));
}

function nothingSelected({ tags, skipTags }: TagSelection): InputError {
  const flags = [
    ...(tags.length > 0 ? [`--tags ${tags.join(',')}`] : []),
    ...(skipTags.length > 0 ? [`--skip-tags ${skipTags.join(',')}`] : []),
  ];
  return new InputError(`${flags.join(' ')} leaves no step on any host`);
}
