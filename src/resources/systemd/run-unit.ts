import { type Action, shell } from '../../model/index.ts';
import type { SystemdServiceSpec } from './service-spec.ts';

/**
 * $1 is start, restart or reload, $2 the unit, $3 the words of a failure, the rest are the files that it reads. Only after the unit has
 * stayed active is it written down which process that was, and what the files were before: if they change while
 * it starts, they count as not read. The time of writing is part of what a file was: one that was edited, loaded by
 * hand and set back is not what the unit has read. A Type=simple unit is "started" as soon as it was forked, so it is watched
 * for a second.
 */
const RUN = `
export LC_ALL=C
verb=$1 unit=$2 words=$3
shift 3
records=/run/trueup/loaded
(umask 077; mkdir -p "$records") || exit
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
    if [ -f "$file" ] && sum=$(sha256sum <"$file"); then echo "\${sum%% *}@$(stat -L -c %.9Y -- "$file") $file"
    elif [ -e "$file" ]; then echo "other $file"
    else echo "missing $file"
    fi
  done
}
said() {
  journalctl --sync 2>/dev/null
  journalctl -q -u "$unit" --after-cursor="$cursor" --no-pager -o cat "$@"
}
fail() {
  said -n 15 >&2
  echo "$1" >&2
  exit 1
}
before=$(sums "$@")
cursor=$(journalctl -q -n 1 --show-cursor 2>/dev/null | sed -n 's/^-- cursor: //p')
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
[ -z "$words" ] || ! said | grep -q -F -e "$words" || fail "$unit: its $verb failed: it wrote «$words» to its journal"
{ echo "process $last"; echo "$before"; } >"$new" && mv -f "$new" "$records/$unit"`;

type Watched = Pick<SystemdServiceSpec, 'reloadOn' | 'restartOn' | 'failureWords'>;

export type RunVerb = 'start' | 'restart' | 'reload';

/** Starts, restarts or reloads, makes sure that it worked, and records what the unit has read. */
export function runUnit(verb: RunVerb, unit: string, spec: Watched): Action {
  const { failureWords = '', reloadOn, restartOn } = spec;
  return { exec: shell(RUN, verb, unit, failureWords, ...reloadOn, ...restartOn) };
}
