import type { HostRun } from './host-run.ts';
import { nothingSelected, refuseUnknownTags, type TagSelection } from './select-steps.ts';

/** Those with a selected step. Steps that depend on facts show their tags only in plan: till then they may be any. */
export function concernedRuns(all: readonly HostRun[], selection: TagSelection): readonly HostRun[] {
  if (all.every(({ work }) => work.parts.tags !== undefined)) refuseUnknownTags(tagsOf(all), selection);
  const concerned = all.filter(({ work }) => work.parts.areAny);
  if (concerned.length === 0) throw nothingSelected(selection);
  return concerned;
}

/** A host that could not be asked may have the steps of --tags; with a misspelt --skip-tags nothing may run. */
export function judgeTags(all: readonly HostRun[], { tags, skipTags }: TagSelection): void {
  const known = all.filter(({ work }) => work.parts.tags !== undefined);
  if (known.length === 0) return;
  refuseUnknownTags(tagsOf(all), { tags: known.length === all.length ? tags : [], skipTags });
}

function tagsOf(all: readonly HostRun[]): ReadonlySet<string> {
  return new Set(all.flatMap(({ work }) => work.parts.tags ?? []));
}
