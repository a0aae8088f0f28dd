import { ABSENT, OWN_FOLDER, ProbeError, type Reader, shell } from '../../model/index.ts';
import { type Item, parseTransaction } from './transaction.ts';

/**
 * Defines `ask`: dnf (or yum) for looking only. dnf keeps its logs and its history, which it writes to even
 * while it only resolves, in /run for this.
 */
const ASK = `
export LC_ALL=C PYTHONUNBUFFERED=1
own=/run/trueup/dnf.$$
${OWN_FOLDER}
own_folder /run/trueup "$own" || exit
tool=$(command -v dnf || command -v yum) || exit 127
trap 'rm -rf "$own"' EXIT
ask() {
  case $tool in
  */dnf) "$tool" --setopt=exit_on_lock=True --setopt=logdir="$own" --setopt=persistdir="$own" "$@" ;;
  *) "$tool" --setopt=exit_on_lock=True "$@" ;;
  esac </dev/null 2>&1
}
`;

export type Verb = 'install' | 'downgrade' | 'remove';

/** What dnf or yum would do. */
export type Resolution =
  | { readonly kind: 'transaction'; readonly items: readonly Item[]; readonly files?: Files }
  | { readonly kind: 'nothing' }
  /** There is something to do, but its table has a form that we do not know. */
  | { readonly kind: 'unreadable' }
  | Refusal;

/** A removal reads a copy of the history: it tells which dependencies nobody will need any more. */
const RESOLVE = `${ASK}
${ABSENT}
if [ "$1" = remove ]; then
  for file in /var/lib/dnf/history.sqlite*; do
    said=$(cp -- "$file" "$own/" 2>&1) || absent "$file" || { printf '%s\\n' "$said" >&2; exit 2; }
  done
fi
tries=0
while :; do
  said=$(ask --assumeno "$@") && code=0 || code=$?
  [ "$code" = 200 ] && [ "$tries" -lt 20 ] || break
  tries=$((tries + 1))
  sleep 1
done
printf '%s\\n== code %s\\n' "$said" "$code"
case $said in
*'No match for argument'* | *'No package '*) ask -q -C repolist ;;
esac
exit 0`;

/** Has dnf (or yum) resolve a transaction, and lists the files that it would bring. Runs none of it. */
export async function resolve(verb: Verb, words: readonly string[], host: Reader): Promise<Resolution> {
  const output = await host.probe(shell(RESOLVE, verb, ...words), { limit: 300 });
  const [said = '', code, repositories = ''] = output.stdout.split(/^== code (\d+)\n/m);
  if (code === undefined) throw new ProbeError(`dnf gave no answer to ${verb} ${words.join(' ')}`);
  const items = parseTransaction(said);
  if (items.length > 0) return withFiles(items, host);
  if (code === '0') return { kind: 'nothing' };
  const stopped = /^(Operation aborted|Exiting on user command)/m.test(said);
  return stopped ? { kind: 'unreadable' } : explainRefusal(said, code, repositories);
}

async function withFiles(items: readonly Item[], host: Reader): Promise<Resolution> {
  const files = await listFiles(items, host);
  return files === undefined ? { kind: 'transaction', items } : { kind: 'transaction', items, files };
}

/** Why dnf or yum would not do what it was asked for. */
interface Refusal {
  readonly kind: 'refused';
  readonly reason: string;
  readonly advice?: string;
}

const NOT_FOUND = /^(?:No match for argument: (.+)|No package (.+) available\.?)$/gm;
const NOISE = /^(Last metadata expiration|\(try to add|Loaded plugins:|Operation aborted)/;

/** `repositories` is the output of `repolist`, for a name that none of them has. */
function explainRefusal(said: string, code: string, repositories: string): Refusal {
  const missing = [...said.matchAll(NOT_FOUND)].map(([, dnf, yum]) => (dnf ?? yum ?? '').trim());
  return missing.length > 0 ? notFound(missing, said, repositories) : otherRefusal(said, code);
}

function notFound(missing: readonly string[], said: string, repositories: string): Refusal {
  const names = [...repositories.matchAll(/^(?!repo id|repolist)(\S+)\s{2,}\S/gm)].map(([, id]) => id);
  const where =
    names.length > 0 ? `the enabled repositories (${names.join(', ')})` : 'any enabled repository';
  const meant = /(?:Maybe you meant|alternatives for .*): (.+)/.exec(said)?.[1];
  const advice =
    meant === undefined
      ? 'Check the name, or add a step before this one that enables its repository.'
      : `Did you mean ${meant}?`;
  return { kind: 'refused', reason: `there is no package ${missing.join(', ')} in ${where}`, advice };
}

function otherRefusal(said: string, code: string): Refusal {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !NOISE.test(line));
  const first = lines.findIndex((line) => /^(error\b|All matches were)/i.test(line));
  const reason = lines
    .slice(first === -1 ? -3 : first)
    .map((line) => line.trim())
    .join(' ')
    .replace(/^error: /i, '');
  if (code === '200') return { kind: 'refused', reason: `the package manager is busy: ${reason}` };
  const advice = adviceFor(reason);
  const refusal = { kind: 'refused', reason: reason || `exit ${code}, and not a word` } as const;
  return advice === undefined ? refusal : { ...refusal, advice };
}

function adviceFor(reason: string): string | undefined {
  if (/metadata|repomd|mirror|resolve host/i.test(reason)) {
    return 'See on the host what `dnf makecache` says: the repository, or the way to it, is broken, or /tmp is full there.';
  }
  if (/no enabled repositories/i.test(reason)) return 'Add a step before this one that enables a repository.';
  if (/filtered out/.test(reason)) return 'An `exclude`, or a module stream, of the repositories hides it.';
  if (/protected packages/.test(reason)) return 'The host needs it to work: leave it out of `names`.';
  if (/nothing provides|conflict/i.test(reason)) {
    return 'A repository that has what is missing must be enabled first, or the package left out.';
  }
  return undefined;
}

/** The files of the packages that come. */
interface Files {
  /** Of packages that are not yet there in any version. */
  readonly fresh: readonly string[];
  /** Of packages that are there in another version. */
  readonly renewed: readonly string[];
}

const LIST = `${ASK}
case $tool in */dnf) ;; *) exit 3 ;; esac
count=$1
shift
fresh=
while [ "$count" -gt 0 ]; do
  fresh="$fresh $1"
  shift
  count=$((count - 1))
done
code=0
printf '== fresh\\n'
[ -z "$fresh" ] || ask -q repoquery -l $fresh || code=3
printf '== renewed\\n'
[ $# = 0 ] || ask -q repoquery -l "$@" || code=3
exit $code`;

/** Asks the host's repositories; undefined where they cannot be asked (yum 3), for whatever reason. */
async function listFiles(items: readonly Item[], host: Reader): Promise<Files | undefined> {
  const fresh = items.filter(({ does }) => does === 'install').map(nevra);
  const renewed = items.filter(({ does }) => does === 'upgrade' || does === 'downgrade').map(nevra);
  if (fresh.length + renewed.length === 0) return undefined;
  const command = shell(LIST, String(fresh.length), ...fresh, ...renewed);
  try {
    const output = await host.probe(command, { expect: [0, 3], limit: 300 });
    return output.code === 0 ? parseFiles(output.stdout) : undefined;
  } catch (error) {
    if (error instanceof ProbeError) return undefined;
    throw error;
  }
}

function nevra({ name, evr, arch }: Item): string {
  return `${name}-${evr}.${arch}`;
}

/** Not a single path is no answer: a repository can lack the lists. */
function parseFiles(text: string): Files | undefined {
  const [fresh = '', renewed = ''] = text.split(/^== renewed$/m);
  const files = { fresh: pathsIn(fresh), renewed: pathsIn(renewed) };
  return files.fresh.length + files.renewed.length > 0 ? files : undefined;
}

function pathsIn(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('/'));
}
