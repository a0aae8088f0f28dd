/**
 * Defines `absent PATH` for a probe in sh: true only if nothing is there. `[ -e PATH ]` is also false where the host
 * refuses to look (SELinux, permissions): then the probe exits 2, with the reason on stderr. Comes after a test of the
 * shell, so that what is there costs no process. A link that points nowhere counts as absent.
 */
export const ABSENT = `absent() {
  refusal=$(LC_ALL=C stat -L -- "$1" 2>&1 >/dev/null) && return 1
  case $refusal in *': No such file or directory' | *': Not a directory') return 0 ;; esac
  printf '%s\\n' "$refusal" >&2
  exit 2
}`;

/**
 * Defines `listable FOLDER` for a probe in sh: in a folder that may not be listed a pattern matches nothing, as in an
 * empty one, so the probe exits 2, with the reason on stderr. A folder that is not there is as good as an empty one.
 */
export const LISTABLE = `listable() {
  [ -r "$1" ] && [ -x "$1" ] && return
  ! absent "$1" || return 0
  LC_ALL=C ls -- "$1/." >/dev/null || exit 2
}`;
