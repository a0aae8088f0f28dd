import { LABEL_FUNCTIONS, STAGING_FUNCTIONS } from '../../model/index.ts';

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
