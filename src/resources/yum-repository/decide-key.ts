import {
  blocked,
  type Change,
  differs,
  type Finding,
  InputError,
  type PredictedEffects,
} from '../../model/index.ts';
import { diffManagedFile, type ManagedFileState } from '../files/managed-file.ts';
import { keyIds } from './key-ids.ts';
import type { Key } from './prepare.ts';
import type { RepositoryState } from './read-repository.ts';

type KeyFile = RepositoryState['keyFiles'][number];

/** `written`: the repository's own file will be. */
export function decideKey(
  key: Key,
  found: KeyFile,
  imported: readonly string[],
  written: boolean,
  effects: PredictedEffects,
): Finding {
  if (key.from === 'web')
    return written ? differs([importing(key.url, 'key', `of ${key.url}`)]) : differs([]);
  if (key.from === 'host') return hostKey(key.path, found, imported, effects);
  return laptopKey(key, found, imported, effects);
}

function laptopKey(
  key: Key & { from: 'laptop' },
  found: KeyFile,
  imported: readonly string[],
  effects: PredictedEffects,
): Finding {
  const finding = diffManagedFile(key.file, found as ManagedFileState, effects);
  if (finding.status !== 'ok' && finding.status !== 'change') return finding;
  const files =
    finding.status === 'change' ? finding.changes.map((change) => ofFile(change, key.file.path)) : [];
  return differs([...files, ...imports(key.ids, key.file.path, imported)]);
}

function hostKey(
  path: string,
  found: KeyFile,
  imported: readonly string[],
  effects: PredictedEffects,
): Finding {
  if (!found || !('exists' in found) || !found.exists) {
    const soon = effects.appears(path);
    if (soon) return differs([importing(path, 'key', `of ${path}, once ${soon.step} has brought it`)]);
    return blocked(
      `there is no key ${path}`,
      'Put the step that brings it before this one, or give `gpgkey` as a file of the project.',
    );
  }
  try {
    return differs(imports(keyIds(String(found.content ?? ''), path), path, imported));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return blocked(error.message, error.advice);
  }
}

function ofFile({ whole: _, ...change }: Change, path: string): Change {
  return { ...change, aspect: `${path} ${change.aspect}`, summary: `${path}: ${change.summary}` };
}

/** One import brings all keys of the file. */
function imports(ids: readonly string[], path: string, imported: readonly string[]): Change[] {
  const missing = ids.filter((id) => !imported.some((end) => id.endsWith(end)));
  return missing.length === 0 ? [] : [importing(path, 'key', missing.map((id) => id.slice(-16)).join(', '))];
}

function importing(from: string, aspect: string, what: string): Change {
  return { aspect, summary: `import key ${what}`, actions: [{ exec: ['rpm', '--import', from] }] };
}
