import { ProbeError, type Reader, shell } from '../../model/index.ts';
import { ASK } from './ask-script.ts';
import type { Item } from './transaction.ts';

/** The files of the packages that come. */
export interface Files {
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
export async function listFiles(items: readonly Item[], host: Reader): Promise<Files | undefined> {
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
