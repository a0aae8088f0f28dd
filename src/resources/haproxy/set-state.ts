import { type Action, shell } from '../../model/index.ts';
import type { HaproxyServerSpec } from './server-spec.ts';

/**
 * $1 is the socket, $2 the state, $3 how many seconds to wait, $4 the server, the rest are backends. haproxy answers an order
 * that it takes with an empty line.
 */
const SET = `
export LC_ALL=C
socket=$1 state=$2 wait=$3 server=$4
shift 4
ask() { printf '%s\\n' "$1" | socat -t 10 - "UNIX-CONNECT:$socket"; }
for backend do
  said=$(ask "set server $backend/$server state $state") || exit
  [ -z "$said" ] || { echo "haproxy on $backend/$server: $said" >&2; exit 1; }
done
[ "$wait" -gt 0 ] || exit 0
# The columns' names are in the first line; prints what is not yet as it shall be.
left() {
  ask 'show stat' | awk -F , -v server="$server" -v state="$state" -v wanted=" $* " '
    NR == 1 { sub(/^# /, ""); for (i = 1; i <= NF; i++) at[$i] = i; next }
    $(at["svname"]) != server || !index(wanted, " " $(at["pxname"]) " ") { next }
    { seen = 1 }
    state == "ready" && $(at["status"]) !~ /^(UP|no check)$/ { print $1 ": " $(at["status"]) }
    state != "ready" && $(at["scur"]) > 0 { print $1 ": sessions left: " $(at["scur"]) }
    END { if (!seen) print "there is no answer" }'
}
looks=$((wait * 5))
while rest=$(left "$@"); [ -n "$rest" ]; do
  looks=$((looks - 1))
  [ "$looks" -gt 0 ] || { echo "$server after $wait s:" $rest >&2; exit 1; }
  sleep 0.2
done`;

/** Tells all backends, then waits for all. */
export function setState(spec: HaproxyServerSpec, backends: readonly string[]): Action {
  const { socket, state, wait, server } = spec;
  return { exec: shell(SET, socket, state, String(wait), server, ...backends), limit: 2 * wait + 60 };
}
