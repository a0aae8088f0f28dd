import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import {
  LABEL_FUNCTIONS,
  OWN_FOLDER,
  orAsOwner,
  quoteWord,
  type RemoteFile,
  STAGING_FUNCTIONS,
} from '../model/index.ts';
import { boundedLine } from './batch-script.ts';

/** What `write` exits with when the validator has refused the file; its words are the output. */
export const VALIDATION_FAILED = 65;

/** Seconds that a validator may take. */
export const VALIDATION_LIMIT = 60;

/** Where the files are kept that a write with `backup` replaces, by their path. */
const BACKUPS = '/var/lib/trueup/backups';

/** Backups of one file that are kept. */
const BACKUPS_KEPT = 10;

/**
 * Lands the bytes from stdin as the file, whole or not at all: the link may die at any byte, and then the sum of
 * what arrived is another one. The new file has its SELinux label before its content, and owner, mode and the
 * validator's word before it takes the name; whatever had the name, a symlink too, is replaced and not followed.
 */
export function writeScript(file: RemoteFile, token: string, now: Date): string {
  const script = `P=${quoteWord(file.path)} D=${quoteWord(dirname(file.path))} N=${quoteWord(basename(file.path))}
V= staged=
umask 077
fail() { printf '%s: %s\\n' "$P" "\${1%%
*}" >&2; exit 1; }
clean() { unstage; [ -z "$V" ] || rm -rf -- "$V"; }
trap clean EXIT
trap 'exit 129' HUP INT TERM PIPE
${WHERE}
${LABEL_FUNCTIONS}
${STAGING_FUNCTIONS}
${OWN_FOLDER}
[ -d "$D" ] || fail "its directory $D does not exist"
enter "$D" "$N" || fail "$why"
[ -L "./$N" ] || [ ! -d "./$N" ] || fail 'a directory stands in its place'
stage ${token} || ${asOwner(file)}{ M=$why; fail "$why$(where)"; }
M=$( { : >new; } 2>&1 ) || fail "cannot be written: \${M##*: }$(where)"
M=$(set_label file "\${into%/}/$N" new ${quoteWord(file.context ?? '')}) || fail "$M"
M=$( { cat >new; } 2>&1 ) || fail "cannot be written: \${M##*: }$(where)"
S=$(sha256sum <new)
[ "\${S%% *}" = ${sha256(file.content)} ] || fail 'only a part of the content arrived; nothing was changed'
M=$(chown -- ${ownership(file)} new 2>&1) || fail "cannot be given to "${ownership(file)}": \${M#*: }"
M=$(chmod -- ${quoteWord(file.mode)} new 2>&1) || fail "cannot have its mode: \${M#*: }"
${validation(file, token)}
M=$(dd if=/dev/null of=new conv=notrunc,fsync status=none 2>&1) || fail "cannot be synced: \${M##*: }$(where)"
${backup(file, token, now)}
M=$(mv -fT -- new "../$N" 2>&1) || case $M in
*busy) fail 'is a mount point of its own, so no new file can take its name' ;;
*) fail "cannot be put in its place: \${M##*: }" ;;
esac`;
  return `(\n${orAsOwner(script)}\n)\ne $?`;
}

/** Which file system it is that takes nothing. */
const WHERE = `where() {
case $M in *'No space left'* | *'Read-only file'*) df -P "\${1:-$D}" 2>/dev/null | sed -n '2s|.*% *|, on the file system mounted at |p' ;; esac
}`;

/** The validator and the backup need root. */
function asOwner({ owner, validate, backup }: RemoteFile): string {
  return validate || backup ? '' : `as_owner ${quoteWord(owner)} || `;
}

function ownership({ owner, group }: RemoteFile): string {
  return quoteWord(`${owner}:${group}`);
}

/** It sees a copy of the same name in a folder that no other user can change, as at plan time. */
function validation(file: RemoteFile, token: string): string {
  if (!file.validate) return '';
  const folder = `/run/trueup/validate.${token}`;
  const copy = `${folder}/${basename(file.path)}`;
  const [tool, ...words] = file.validate;
  const command = [tool, ...words.map((word) => word.replaceAll('%s', copy))] as const;
  const quiet = file.sensitive ? ' >/dev/null 2>&1' : '';
  const refused = file.sensitive
    ? ` printf '%s: %s\\n' "$P" "refused by "${quoteWord(tool)}"; its output is not shown: the content is sensitive" >&2;`
    : '';
  return `V=${folder} C=${quoteWord(copy)}
M=$({ own_folder /run/trueup "$V" && cp -aT -- new "$C"; } 2>&1) || fail "cannot be copied for its validator: $M$(where /run)"
M=$(set_label file "\${into%/}/$N" "$C" ${quoteWord(file.context ?? '')}) || fail "$M"
${boundedLine(command, VALIDATION_LIMIT)} </dev/null${quiet}
case $? in
0) ;;
124 | 137) exit 124 ;;
127) printf '%s: %s\\n' "$P" "cannot be checked: "${quoteWord(tool)}" is not on this host" >&2; exit 127 ;;
*)${refused} exit ${VALIDATION_FAILED} ;;
esac`;
}

function backup({ backup }: RemoteFile, token: string, now: Date): string {
  if (!backup) return '';
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return `if [ -e "../$N" ] || [ -L "../$N" ]; then
K=${BACKUPS}\${into%/}/$N
B=$K/${time}-${token.slice(0, 8)}
keep() {
own_folder /var/lib/trueup ${BACKUPS} || return
k=${BACKUPS} rest=\${into%/}/$N/
rest=\${rest#/}
while [ -n "$rest" ]; do
k=$k/\${rest%%/*} rest=\${rest#*/}
own_folder "$k" || return
done
M=$(cp -aT -- "../$N" "$B" 2>&1) || { M=\${M##*: }; echo "$M$(where ${BACKUPS})"; return 1; }
[ -L "$B" ] || [ -f "$B" ] || { rm -rf -- "$B"; echo 'it is not a file any more'; return 1; }
}
M=$(keep 2>&1) || { rm -f -- "$B"; fail "cannot be kept as a backup: $M"; }
[ -L "$B" ] && kind=link || kind=file
M=$(set_label $kind "$B" "$B" '') || { rm -f -- "$B"; fail "cannot be kept as a backup: $M"; }
ls -- "$K" | head -n -${BACKUPS_KEPT} | while IFS= read -r old; do rm -f -- "$K/$old"; done
fi`;
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
