import { posix } from 'node:path';
import {
  type Command,
  LABEL_FUNCTIONS,
  OWN_FOLDER,
  ProbeError,
  type Reader,
  shell,
  shellLine,
} from '../../model/index.ts';
import type { Precondition } from './precondition.ts';

/** What a validator on the host said of a content that is not there yet. */
export type Validation =
  | { readonly said: 'yes' }
  | { readonly said: 'no'; readonly code: number; readonly lines: readonly string[] }
  /** Nobody to ask. */
  | { readonly said: 'nothing' };

const MAX_LINES = 10;
const SENSITIVE = 'Its output is not shown: the content is sensitive.';

/**
 * $1: the path of the file, $2: its SELinux context if the policy does not say it, then the validator's words; its content
 * on stdin. A validator that SELinux confines must be able to read the copy; for any other its label is no matter.
 */
const SCRIPT = `umask 077
${LABEL_FUNCTIONS}
${OWN_FOLDER}
own_folder /run/trueup && d=$(mktemp -d /run/trueup/validate.XXXXXX) || exit 1
trap 'rm -rf "$d"' EXIT
trap 'exit 1' HUP INT TERM
f=$d/\${1##*/} context=$2
real=$(cd -P -- "\${1%/*}/" 2>/dev/null && pwd) || real=\${1%/*}
real=\${real%/}/\${1##*/}
shift 2
: >"$f" || exit 1
set_label file "$real" "$f" "$context" >/dev/null || :
cat >"$f" || exit 1
command -v "$1" >/dev/null || { echo missing; exit 0; }
n=$#
while [ "$n" -gt 0 ]; do
  w=$1 r=; shift
  while :; do
    case $w in *%s*) r=$r\${w%%%s*}$f w=\${w#*%s} ;; *) break ;; esac
  done
  set -- "$@" "$r$w"
  n=$((n - 1))
done
said=$("$@" 2>&1 </dev/null); code=$?
printf '%s %s\\n%s\\n' "$code" "$f" "$said"`;

/** Asks the host's validator about a content; touches nothing but /run/trueup. */
export async function validateThere(
  host: Reader,
  file: {
    readonly path: string;
    readonly content: Buffer;
    readonly context?: string | undefined;
    readonly validate: Command;
    /** What the validator says may quote the content: it is neither kept nor shown. */
    readonly sensitive?: boolean | undefined;
  },
): Promise<Validation> {
  const command = shell(SCRIPT, file.path, file.context ?? '', ...file.validate);
  const hidden = file.sensitive ? { confidential: true as const } : {};
  const { stdout } = await host.probe(command, { stdin: file.content, limit: 60, ...hidden });
  const [head = '', ...lines] = stdout.trimEnd().split('\n');
  if (head === 'missing') return { said: 'nothing' };
  const [, digits, scratch = ''] = /^(\d+) (.+)$/.exec(head) ?? [];
  const code = Number(digits ?? Number.NaN);
  if (code === 0) return { said: 'yes' };
  const line = shellLine(file.validate);
  if (Number.isNaN(code)) throw new ProbeError(`${line}: no answer that can be read`);
  if (code > 125) throw new ProbeError(`${line}: ${stoppedBy(code)}`);
  if (file.sensitive) return { said: 'no', code, lines: [SENSITIVE] };
  const shown = lines.filter((text) => text.trim() !== '').slice(-MAX_LINES);
  return { said: 'no', code, lines: shown.map((text) => text.replaceAll(scratch, file.path)) };
}

function stoppedBy(code: number): string {
  return code > 128 ? `killed by signal ${code - 128}` : `could not be run (exit ${code})`;
}

/** What stands in the way of landing it. `placeOf` says where a line of the file was written. */
export function validationObstacles(
  validation: Validation | undefined,
  validate: Command | undefined,
  path: string,
  placeOf: (line: number) => string | undefined,
): Precondition[] {
  if (!validation || !validate || validation.said === 'yes') return [];
  const [tool] = validate;
  if (validation.said === 'nothing') {
    const advice = `Put the step that brings ${tool} before this one.`;
    const reason = `there is no ${tool} to validate it`;
    return [{ reason, advice, later: `${tool} is not there yet: validated when it lands` }];
  }
  const line = shellLine(validate).replaceAll('%s', path);
  const lines = validation.lines.map((text) => withPlaces(text, path, placeOf));
  const reason = [`${line} says no (exit ${validation.code})`, ...lines].join('\n');
  const advice = 'Mend what the file is made of, and run again.';
  return [{ reason, advice, later: `${reason}\nIt is asked again when the file lands` }];
}

/** `haproxy.cfg:12` becomes `haproxy.cfg:12 (templates/haproxy.cfg.ejs:9)`. */
function withPlaces(text: string, path: string, placeOf: (line: number) => string | undefined): string {
  const escaped = posix.basename(path).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(${escaped}(?::|,|:?,? line) ?)(\\d+)`, 'gi'), (found, _name, line) => {
    const place = placeOf(Number(line));
    return place === undefined ? found : `${found} (${place})`;
  });
}
