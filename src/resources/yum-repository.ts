import {
  ABSENT,
  blocked,
  type Change,
  defineResource,
  differs,
  type FileState,
  type Finding,
  InputError,
  LISTABLE,
  ok,
  type PredictedEffects,
  ProbeError,
  type Reader,
  shell,
} from '../model/index.ts';
import { diffManagedFile, type ManagedFileState, readManagedFile } from './files/managed-file.ts';
import { type Precondition, unlessBlocked } from './files/precondition.ts';
import { keyIds } from './yum-repository/key-ids.ts';
import {
  type Key,
  keyPaths,
  prepareRepository,
  type Repository,
  repositoryPath,
} from './yum-repository/prepare.ts';
import { repositorySpec } from './yum-repository/repository-spec.ts';

/**
 * Ensures that a repository of dnf (or yum) is there: its file /etc/yum.repos.d/ID.repo belongs to this step as a whole,
 * and the keys of its packages are imported into rpm.
 *
 * - `id`, `name`: as in the file. One of `baseurl` (one or a list), `mirrorlist`, `metalink`.
 * - `gpgkey`: one or a list. A file of the project (armored) is copied to /etc/pki/rpm-gpg and imported; so is one that is
 *   on the host, as `file:///etc/pki/…`; both are compared with what rpm has, by key id. One of the web is imported
 *   by rpm whenever the repository's file is written, and is not looked at later.
 * - `enabled`, `gpgcheck`: default `true`. `repo_gpgcheck`: default `false`; dnf keeps the keys for it itself.
 * - `priority` (1 to 99), `cost`, `exclude`, `includepkgs` (lists), `module_hotfixes`, `skip_if_unavailable`, `sslverify`,
 *   `sslcacert`, `proxy`: as in dnf.conf(5). Default: left out, so that dnf's own hold.
 * - `state`: `present` or `absent`. Default `present`. With `absent` only `id` counts; imported keys stay.
 *
 * A yumPackage step behind it that finds no such package today is unknown until then, not blocked. Blocked: another file
 * that defines the same id, a key that is no key or is not there. An import that fails leaves the file unwritten.
 *
 * See dnf.conf(5), yum.conf(5), rpmkeys(8).
 *
 *     yumRepository({
 *       id: 'haproxy', name: 'HAProxy', baseurl: 'https://repo.example.com/el$releasever/', gpgkey: 'files/haproxy.asc',
 *     })
 */
export const yumRepository = defineResource<typeof repositorySpec, RepositoryState, Repository>({
  kind: 'yumRepository',
  schema: repositorySpec,
  name: ({ id }) => id,
  manages: (spec) => [repositoryPath(spec.id), ...keyPaths(spec)].map((path) => `file:${path}`),
  prepare: prepareRepository,
  read: readRepository,
  diff: decideRepository,
  effects({ file: { path } }, { file }, finding) {
    if (finding.status !== 'change') return {};
    return file.file.exists ? { changes: [path] } : { appears: [path], changes: [path] };
  },
});

function decideRepository(spec: Repository, state: RepositoryState, effects: PredictedEffects): Finding {
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

type KeyFile = RepositoryState['keyFiles'][number];

/** `written`: the repository's own file will be. */
function decideKey(
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

interface RepositoryState {
  readonly file: ManagedFileState;
  /** Of each key, in their order: its file on the host, if it has one. */
  readonly keyFiles: readonly (ManagedFileState | FileState | undefined)[];
  /** The keys that rpm has, by the end of their fingerprints. */
  readonly imported: readonly string[];
  /** Other files that define the same repository. */
  readonly others: readonly string[];
}

const OTHERS = `${ABSENT}
${LISTABLE}
listable /etc/yum.repos.d
for file in /etc/yum.repos.d/*.repo; do
  [ -f "$file" ] && [ "$file" != "$1" ] || continue
  grep -qxF -e "[$2]" -- "$file"
  case $? in 0) printf '%s\\n' "$file" ;; 1) ;; *) exit 2 ;; esac
done
echo end`;

async function readRepository(spec: Repository, host: Reader): Promise<RepositoryState> {
  const [file, keyFiles, imported, others] = await Promise.all([
    readManagedFile(spec.file, host),
    Promise.all(spec.keys.map((key) => readKeyFile(key, host))),
    spec.keys.length === 0 ? [] : readImported(host),
    readOthers(spec, host),
  ]);
  return { file, keyFiles, imported, others };
}

async function readKeyFile(key: Key, host: Reader): Promise<ManagedFileState | FileState | undefined> {
  if (key.from === 'laptop') return readManagedFile(key.file, host);
  return key.from === 'host' ? host.file(key.path, { contentUnless: '' }) : undefined;
}

/** rpm exits 1 where it has no key at all, but also where it cannot look; then it says "not installed", too. */
async function readImported(host: Reader): Promise<string[]> {
  const output = await host.probe(['rpm', '-q', '--qf', '%{version}\\n', 'gpg-pubkey'], { expect: [0, 1] });
  if (output.code === 0) return output.stdout.toLowerCase().split('\n').filter(Boolean);
  const refused = /^error:/m.test(output.stderr);
  if (!refused && /gpg-pubkey is not installed/.test(output.stdout)) return [];
  throw new ProbeError(`rpm does not tell which keys it has: ${output.stderr.trim()}`);
}

async function readOthers({ id, file }: Repository, host: Reader): Promise<string[]> {
  const { stdout } = await host.probe(shell(OTHERS, file.path, id));
  const lines = stdout.split('\n').filter(Boolean);
  if (lines.pop() !== 'end') throw new ProbeError('/etc/yum.repos.d gave no whole answer');
  return lines;
}
