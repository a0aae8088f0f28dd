import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { LABEL_FUNCTIONS, quoteWord, type RemoteFile } from '../model/index.ts';
import { boundedLine } from './invocation-script.ts';

/** What `write` exits with when the validator has refused the file; its words are the output. */
export const VALIDATION_FAILED = 65;

/** Seconds that a validator may take. */
export const VALIDATION_LIMIT = 60;

/**
 * Lands the bytes from stdin as the file, whole or not at all: the link may die at any byte, and then the sum of
 * what arrived is another one. The new file has its SELinux label before its content, and owner, mode and the
 * validator's word before it takes the name; whatever had the name, a symlink too, is replaced and not followed.
 */
export function writeScript(file: RemoteFile, token: string, now: Date): string {
  return `(
P=${quoteWord(file.path)} D=${quoteWord(dirname(file.path))}
T=${quoteWord(temporaryName(file, token))}
umask 077
fail() { printf '%s: %s\\n' "$P" "\${1%%
*}" >&2; exit 1; }
trap 'rm -f -- "$T"' EXIT
trap 'exit 129' HUP INT TERM PIPE
${WHERE}
${LABEL_FUNCTIONS}
[ -d "$D" ] || fail "its directory $D does not exist"
[ -L "$P" ] || [ ! -d "$P" ] || fail 'a directory stands in its place'
M=$( { : >"$T"; } 2>&1 ) || fail "cannot be written: \${M##*: }$(where)"
M=$(set_label file "$P" "$T" ${quoteWord(file.context ?? '')}) || fail "$M"
M=$( { cat >"$T"; } 2>&1 ) || fail "cannot be written: \${M##*: }$(where)"
S=$(sha256sum <"$T")
[ "\${S%% *}" = ${sha256(file.content)} ] || fail 'only a part of the content arrived; nothing was changed'
M=$(chown -- ${ownership(file)} "$T" 2>&1) || fail "cannot be given to "${ownership(file)}": \${M#*: }"
M=$(chmod -- ${quoteWord(file.mode)} "$T" 2>&1) || fail "cannot have its mode: \${M#*: }"
${validation(file, token)}
M=$(dd if=/dev/null of="$T" conv=notrunc,fsync status=none 2>&1) || fail "cannot be synced: \${M##*: }$(where)"
${backup(file, now)}
M=$(mv -fT -- "$T" "$P" 2>&1) || case $M in
*busy) fail 'is a mount point of its own, so no new file can take its name' ;;
*) fail "cannot be put in its place: \${M##*: }" ;;
esac
)
e $?`;
}

/** Which file system it is that takes nothing. */
const WHERE = `where() {
case $M in *'No space left'* | *'Read-only file'*) df -P "$D" 2>/dev/null | sed -n '2s|.*% *|, on the file system mounted at |p' ;; esac
}`;

/** Hidden, and of no suffix that a program takes for its own: run-parts, logrotate and *.conf pass it over. */
function temporaryName({ path }: RemoteFile, token: string): string {
  return join(dirname(path), `.trueup-${token}~`);
}

function ownership({ owner, group }: RemoteFile): string {
  return quoteWord(`${owner}:${group}`);
}

function validation(file: RemoteFile, token: string): string {
  if (!file.validate) return '';
  const [tool, ...words] = file.validate;
  const command = [tool, ...words.map((word) => word.replaceAll('%s', temporaryName(file, token)))] as const;
  const quiet = file.sensitive ? ' >/dev/null 2>&1' : '';
  const refused = file.sensitive
    ? ` printf '%s: %s\\n' "$P" "refused by "${quoteWord(tool)}"; its output is not shown: the content is sensitive" >&2;`
    : '';
  return `${boundedLine(command, VALIDATION_LIMIT)} </dev/null${quiet}
case $? in
0) ;;
124 | 137) exit 124 ;;
127) printf '%s: %s\\n' "$P" "cannot be checked: "${quoteWord(tool)}" is not on this host" >&2; exit 127 ;;
*)${refused} exit ${VALIDATION_FAILED} ;;
esac`;
}

function backup({ path, backup }: RemoteFile, now: Date): string {
  if (!backup) return '';
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `if [ -e "$P" ] || [ -L "$P" ]; then
B=${quoteWord(`${path}.trueup-${time}~`)}
M=$(cp -aT -- "$P" "$B" 2>&1) || { rm -f -- "$B"; fail "cannot be kept as a backup: \${M##*: }$(where)"; }
[ -L "$B" ] && kind=link || kind=file
M=$(set_label $kind "$B" "$B" '') || { rm -f -- "$B"; fail "cannot be kept as a backup: $M"; }
fi`;
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
