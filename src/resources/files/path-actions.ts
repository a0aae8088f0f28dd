import { type Action, LABEL_FUNCTIONS, STAGING_FUNCTIONS, shell } from '../../model/index.ts';

/**
 * Begins a script of sh whose `$1` is a path: enters the folder of the path, sets `path`, `name` and `into`, and defines `fail`.
 * What is staged is removed at the end.
 */
export const IN_ITS_FOLDER = `${LABEL_FUNCTIONS}
${STAGING_FUNCTIONS}
export LC_ALL=C
umask 077
path=$1 name=\${1##*/} staged=
fail() { printf '%s: %s\\n' "$path" "$1" >&2; exit 1; }
trap unstage EXIT
trap 'exit 129' HUP INT TERM PIPE
folder=\${path%/*}
enter "\${folder:-/}" "$name" || fail "$why"
into=$(here)`;

export type PathKind = 'file' | 'dir' | 'link';

/** What is to be set on an existing path; a field that is undefined stays as it is. */
export interface AttributesToSet {
  readonly path: string;
  readonly kind: PathKind;
  /** `device:inode` of what was looked at: nothing else is changed. */
  readonly inode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly mode?: string | undefined;
  /** Give it the SELinux label of `context`, or the policy's. */
  readonly label?: boolean;
  readonly context?: string | undefined;
}

/**
 * $2: file, dir or link; $3 owner, $4 group, $5 mode, each empty if it stays; $6 whether to set the label, $7 its context, $8 its device:inode.
 * Where other users may write, the name may be another thing at any moment: so a directory is changed from inside, and
 * anything else by a second name in a folder of root alone. The mode comes last: a new owner takes setuid away.
 */
const SET = `${IN_ITS_FOLDER}
if [ "$2" = dir ]; then
  cd -P -- "./$name" 2>/dev/null && [ "$(here)" = "\${into%/}/$name" ] || fail 'is not a directory any more'
  it=.
elif [ -z "$(writers)" ]; then it=./$name
else
  stage $$ && hold "$name" || fail "$why"
  it=held
fi
case $2 in
file) [ -f "$it" ] && [ ! -L "$it" ] || fail 'is not a file any more' ;;
link) [ -L "$it" ] || fail 'is not a symlink any more' ;;
esac
[ -z "$8" ] || [ "$(stat -c %d:%i "$it")" = "$8" ] || fail 'was replaced after planning: run plan again'
said() { m=$("$@" 2>&1) || fail "\${m#*: }"; }
[ -z "$3" ] || said chown -h -- "$3" "$it"
[ -z "$4" ] || said chgrp -h -- "$4" "$it"
[ -z "$5" ] || said chmod -- "$5" "$it"
[ -z "$6" ] || m=$(set_label "$2" "\${into%/}/$name" "$it" "$7") || fail "$m"`;

/** Sets them in one command, without following a name that another user may have replaced. */
export function setAttributes({
  path,
  kind,
  inode,
  owner,
  group,
  mode,
  label,
  context,
}: AttributesToSet): Action {
  const words = [owner, group, mode].map((value) => value ?? '');
  return { exec: shell(SET, path, kind, ...words, label ? 'label' : '', context ?? '', inode ?? '') };
}
