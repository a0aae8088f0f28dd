import { type Action, OWN_FOLDER, shell } from '../../model/index.ts';
import type { SystemdServiceSpec } from './unit.ts';

/**
 * Defines, for a host that enforces SELinux, `mark_denials` (comes before the verb) and `watch_denials FILE…` (after
 * the unit is stable): a reload can succeed for systemd although SELinux has refused a port or a file that the unit
 * was told to use, and only its own log says so. Prints the denials that are about the unit: of the type that its main
 * process runs as, by one of its processes, about binding or connecting a socket, or one of the files. Watches for at
 * most a second, since auditd writes a moment later; a unit that is not confined is not watched. Elsewhere it costs
 * one test of a file.
 */
const DENIALS_WATCH = `
enforce=/sys/fs/selinux/enforce audit=/var/log/audit/audit.log auditd=/run/auditd.pid
audit_end() { set -- $(stat -c '%i %s' -- "$audit" 2>/dev/null); inode=$1 size=\${2:-0}; }
mark_denials() {
  mode=
  [ ! -e "$enforce" ] || read -r mode <"$enforce" || :
  [ "$mode" = 1 ] || return 0
  audit_end
  marked=$inode from=$size
}
new_records() {
  if [ -f "$auditd" ] && [ -d "/proc/$(cat "$auditd")" ] && [ -f "$audit" ]; then
    audit_end
    [ "$inode" = "$marked" ] || from=0
    tail -c "+$((from + 1))" -- "$audit"
  else
    journalctl -q -k --no-pager -o cat "$since"
  fi
}
unit_denials() {
  new_records | awk -v type=":$1:" -v inodes=" $2 " '/avc: +denied/ && !/permissive=1/ {
    if (!match($0, /scontext=[^ ]+/) || !index(substr($0, RSTART, RLENGTH) ":", type)) next
    port = /[{][^}]* name_(bind|connect) /
    file = match($0, / ino=[0-9]+/) && index(inodes, " " substr($0, RSTART + 5, RLENGTH - 5) " ")
    if (port || file) print substr($0, 1, 2000)
  }' | while IFS= read -r record; do
    by=\${record#* pid=}
    case $(cat "/proc/\${by%% *}/cgroup" 2>/dev/null) in '' | *"/$unit"*) printf '%s\\n' "$record" ;; esac
  done | head -n 5
}
watch_denials() {
  [ "$mode" = 1 ] && [ -r "/proc/$pid/attr/current" ] || return 0
  type=
  IFS=: read -r user role type level <"/proc/$pid/attr/current" || :
  case $type in '' | init_t | initrc_t | kernel_t | unconfined_t | unconfined_service_t) return 0 ;; esac
  inodes=
  [ $# = 0 ] || inodes=$(stat -L -c %i -- "$@" 2>/dev/null | tr '\\n' ' ')
  for pause in 0.2 0.2 0.2 0.2 0; do
    denials=$(unit_denials "$type" "$inodes")
    [ -z "$denials" ] || break
    sleep "$pause"
  done
  [ -z "$denials" ] || printf '%s\\n' "$denials"
}
`;

/**
 * $1 is start, restart or reload, $2 the unit, $3 the words of a failure, the rest are the files that it reads. Only after the unit has
 * stayed active is it written down which process that was, and what the files were before: if they change while
 * it starts, they count as not read. The time of writing is part of what a file was: one that was edited, loaded by
 * hand and set back is not what the unit has read. A Type=simple unit is "started" as soon as it was forked, so it is watched
 * for a second.
 *
 * What SELinux has refused fails it, too. Then a start or restart is recorded as one that has read none of the files: the
 * unit runs, so without that the next plan would call it up to date.
 */
const RUN = `
export LC_ALL=C
${DENIALS_WATCH}
verb=$1 unit=$2 words=$3
shift 3
records=/run/trueup/loaded
${OWN_FOLDER}
own_folder /run/trueup "$records" || exit
new=$records/.$unit.$$
trap 'rm -f "$new"' EXIT
property() { systemctl show -p "$1" -- "$unit" | sed 's/^[^=]*=//'; }
process() {
  pid=$(property MainPID)
  if [ "\${pid:-0}" != 0 ] && stat=$(cat "/proc/$pid/stat" 2>/dev/null); then
    echo "$pid $(echo "\${stat##*) }" | cut -d ' ' -f 20)"
  else
    echo "since $(property InactiveExitTimestampMonotonic)"
  fi
}
sums() {
  for file do
    if [ -f "$file" ]; then
      sum=$(sha256sum <"$file") || exit
      echo "\${sum%% *}@$(stat -L -c %.9Y -- "$file") $file"
    elif [ -e "$file" ]; then echo "other $file"
    else echo "missing $file"
    fi
  done
}
said() {
  journalctl --sync 2>/dev/null
  journalctl -q -u "$unit" "$since" --no-pager -o cat "$@"
}
fail() {
  said -n 15 >&2
  echo "$1" >&2
  exit 1
}
record() { { echo "process $last"; echo "$1"; } >"$new" && mv -f "$new" "$records/$unit"; }
cursor=$(journalctl -q -n 1 --show-cursor 2>/dev/null | sed -n 's/^-- cursor: //p')
since=--after-cursor=$cursor
[ -n "$cursor" ] || since=--since=@$(date +%s)
before=$(sums "$@") || fail "$unit: a file that it reads cannot be read"
mark_denials
[ "$verb" = reload ] || systemctl reset-failed -- "$unit" 2>/dev/null
systemctl "$verb" -- "$unit" || fail "$unit: $verb failed"
case $(property Type) in simple | exec | idle) need=5 ;; *) need=1 ;; esac
looks=0 same=0 last=
while [ "$same" -lt "$need" ]; do
  [ "$looks" = 0 ] || sleep 0.2
  [ "$looks" -lt 150 ] || fail "$unit is still $state 30 s after its $verb"
  looks=$((looks + 1))
  state=$(property ActiveState)
  case $state-$(property SubState) in
  activating-auto-restart) fail "$unit did not stay up after its $verb: systemd is restarting it" ;;
  active-* | activating-* | reloading-* | refreshing-*) ;;
  *)
    [ "$(property ConditionResult)" != no ] || fail "$unit was not started: one of its conditions is not met"
    fail "$unit is $state after its $verb"
    ;;
  esac
  now=$(process)
  [ "$state-$now" = "active-$last" ] && same=$((same + 1)) || same=0
  last=$now
done
if [ -n "$words" ]; then
  journal=$(said -n 5000) || fail "$unit: whether its $verb failed is unknown: its journal cannot be read"
  case $journal in *"$words"*) fail "$unit: its $verb failed: it wrote «$words» to its journal" ;; esac
fi
pid=\${last%% *}
denials=$(watch_denials "$@")
if [ -n "$denials" ]; then
  [ "$verb" = reload ] || record "$(for file do echo "other $file"; done)"
  said -n 10 >&2
  printf '%s\\n' "$denials" >&2
  echo "$unit: SELinux refused what it needs, so its $verb does not count as done" >&2
  exit 1
fi
record "$before"`;

type Watched = Pick<SystemdServiceSpec, 'reloadOn' | 'restartOn' | 'failureWords'>;

export type RunVerb = 'start' | 'restart' | 'reload';

/** Starts, restarts or reloads, makes sure that it worked, and records what the unit has read. */
export function runUnit(verb: RunVerb, unit: string, spec: Watched): Action {
  const { failureWords = '', reloadOn, restartOn } = spec;
  return { exec: shell(RUN, verb, unit, failureWords, ...reloadOn, ...restartOn) };
}
