import { ABSENT, type FileState, LISTABLE, ProbeError, type Reader, shell } from '../../model/index.ts';
import { type ManagedFileState, readManagedFile } from '../files/managed-file.ts';
import type { Key, Repository } from './prepare.ts';

export interface RepositoryState {
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

export async function readRepository(spec: Repository, host: Reader): Promise<RepositoryState> {
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
