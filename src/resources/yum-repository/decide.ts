import { blocked, type Change, differs, type Finding, ok, type PredictedEffects } from '../../model/index.ts';
import { diffManagedFile } from '../files/managed-file.ts';
import { type Precondition, unlessBlocked } from '../files/precondition.ts';
import { decideKey } from './decide-key.ts';
import type { Repository } from './prepare.ts';
import type { RepositoryState } from './read-repository.ts';

export function decideRepository(
  spec: Repository,
  state: RepositoryState,
  effects: PredictedEffects,
): Finding {
  const twice = definedElsewhere(spec, state);
  if (spec.state === 'absent') return decideAbsent(spec, state, twice, effects);
  const own = diffManagedFile(spec.file, state.file, effects);
  const keys = spec.keys.map((key, index) =>
    decideKey(key, state.keyFiles[index], state.imported, own.status === 'change', effects),
  );
  const findings = [...keys, own];
  const refused = findings.find(({ status }) => status === 'blocked' || status === 'unknown');
  if (refused) return refused;
  // The keys come first: a repository whose key cannot be had is not written.
  const changes = findings.flatMap((finding) => (finding.status === 'change' ? finding.changes : []));
  const notes = findings.flatMap((finding) => (finding.status === 'change' ? (finding.note ?? []) : []));
  const [other] = twice;
  if (other && effects.pending === undefined) return blocked(other.reason, other.advice);
  return differs(changes, [...notes, ...twice.map(({ reason }) => reason)].join('; ') || undefined);
}

/** dnf takes the last one that it reads, and only warns. */
function definedElsewhere({ id }: Repository, { others }: RepositoryState): Precondition[] {
  return others.map((path) => {
    const reason = `${path} defines the repository ${id}, too`;
    return {
      reason,
      advice: 'Remove it there by a step before this one, or take another id.',
      later: reason,
    };
  });
}

function decideAbsent(
  { file: { path } }: Repository,
  { file: { file } }: RepositoryState,
  twice: Precondition[],
  effects: PredictedEffects,
): Finding {
  const [other] = twice;
  if (other && effects.pending === undefined)
    return blocked(other.reason, `Remove it there by hand: ${path} is all that this step has.`);
  if (!file.exists) return ok;
  if (file.type === 'directory') return blocked(`${path} is a directory`, 'Look at it by hand.');
  const change: Change = {
    aspect: 'file',
    summary: 'remove',
    whole: true,
    actions: [{ exec: ['rm', '-f', '--', path] }],
  };
  return unlessBlocked([change], twice, effects);
}
