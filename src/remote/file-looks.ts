import { randomBytes } from 'node:crypto';
import {
  type Answer,
  ENTER_FUNCTIONS,
  type FileState,
  type Invocation,
  LABEL_FUNCTIONS,
  mask,
  quoteWord,
} from '../model/index.ts';
import { outputOf } from './batch-script.ts';
import { CONTENT_LIMIT, type FileLook, type FileRecords, fileState, parseFileRecords } from './file-state.ts';

const LIMIT = 60;

/** One look at many paths, in one command: forks are what a look costs. */
export class FileLooks {
  readonly #looks: readonly FileLook[];
  readonly #token = randomBytes(16).toString('hex');

  constructor(looks: readonly FileLook[]) {
    this.#looks = looks;
  }

  get invocation(): Invocation {
    const paths = [...new Set(this.#looks.map(({ path }) => path))].map(quoteWord).join(' ');
    const wanted = this.#looks.flatMap(({ path, contentUnless }) =>
      contentUnless === undefined ? [] : [`content ${quoteWord(contentUnless)} ${quoteWord(path)}`],
    );
    const entered = this.#looks.flatMap(({ path, toEnter }) =>
      toEnter ? [`entered ${quoteWord(path)}`] : [],
    );
    const more = [...wanted, ...(entered.length > 0 ? [ENTERED, ...entered] : [])].join('\n');
    const stdin = `token=${this.#token}\nset -- ${paths}\n${LOOK}\n${more}\n:\n`;
    return { command: ['sh'], stdin, limit: LIMIT, confidential: true };
  }

  /** The states, by the place of the look; each is found, or throws the reason why not. */
  states(answer: Answer): (index: number) => FileState {
    let records: FileRecords | undefined;
    return (index) => {
      const look = this.#looks[index];
      if (!look) throw new RangeError(`there is no look ${index}`);
      const { bytes, stderr } = outputOf({ command: ['sh', 'look at files'], limit: LIMIT }, answer, [0]);
      records ??= parseFileRecords(bytes, this.#token);
      return fileState(look, records, mask(stderr.trim()));
    };
  }
}

/**
 * One stat, one sha256sum and, with SELinux, one restorecon for all paths; a name that the shell does not find is asked
 * for by itself, to hear the reason. restorecon names paths without symlinks, so it is given such ones. Records are a
 * letter and fields that end in NUL; content ends in the token.
 */
const LOOK = `
${LABEL_FUNCTIONS}
context=-
! selinux_on || context=%C
labels() {
  for path do
    shift
    cd -P -- "\${path%/*}/" || continue
    printf 'P\\0%s\\0%s\\0' "$path" "\${PWD%/}/\${path##*/}"
    set -- "$@" "\${PWD%/}/\${path##*/}"
  done
  said=$(restorecon -nv -- "$@" 2>&1)
  printf 'R\\0%s\\0%s\\0' "$?" "$said"
}
regular() { [ -f "$1" ] && [ ! -L "$1" ]; }
content() {
  regular "$2" || return 0
  case "
$hashes
" in *"
$1  $2
"*) return 0 ;; esac
  printf 'C\\0%s\\0' "$2"
  head -c ${CONTENT_LIMIT + 1} -- "$2"
  printf '\\n%s\\n' "$token"
}
for path do
  shift
  if [ -L "$path" ]; then
    printf 'L\\0%s\\0' "$path"; readlink -n -- "$path"; printf '\\0'
    set -- "$@" "$path"
  elif [ -e "$path" ]; then
    set -- "$@" "$path"
  else
    printf 'E\\0%s\\0%s\\0' "$path" "$(stat -- "$path" 2>&1 >/dev/null)"
  fi
done
[ $# = 0 ] || stat --printf 'S\\0%n\\0%f\\0%a\\0%U\\0%u\\0%G\\0%g\\0%s\\0%d:%i\\0'"$context"'\\0' -- "$@"
if [ $# != 0 ] && [ $context = %C ]; then labels "$@"; fi
for path do
  shift
  if regular "$path"; then set -- "$@" "$path"; fi
done
hashes=
[ $# = 0 ] || hashes=$(sha256sum -- "$@")
printf 'H\\0%s\\0' "$hashes"`;

/** Prints nothing about a folder that cannot be entered: the stat of it says more. Without symlinks on the way it starts no process. */
const ENTERED = `
${ENTER_FUNCTIONS}
entered() {
  cd -P -- "$1" 2>/dev/null && [ "$PWD" != "$1" ] || return 0
  walk "$1" || [ -z "$real" ] || printf 'F\\0%s\\0%s\\0%s\\0' "$1" "$link" "$real"
}`;
