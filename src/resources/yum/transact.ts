import { type Action, OWN_FOLDER, shell } from '../../model/index.ts';
import type { Verb } from './resolve.ts';

/** Seconds that a transaction waits for another one to end. */
const PATIENCE = 120;
const LIMIT = 1800;

/**
 * dnf itself would wait for ever on its lock, and gives up at once on rpm's. A scriptlet that fails does not
 * fail the transaction: dnf says "Complete!" and exits 0. Its output is appended, as scriptlets that SELinux confines may do no
 * more with a file that they inherit.
 */
const TRANSACT = `
export LC_ALL=C PYTHONUNBUFFERED=1
umask 022
patience=$1
shift
${OWN_FOLDER}
own_folder /run/trueup || exit
tool=$(command -v dnf || command -v yum) || exit 127
said=\${TRUEUP_PROGRESS:-/run/trueup/transaction.$$}
trap 'rm -f "$said"' EXIT
seconds() { read -r up rest </proc/uptime; echo "\${up%%.*}"; }
locked() { [ "$code" = 200 ] || grep -q "can't create .*lock" "$said"; }
holder() {
  pid=$(sed -n -e 's/.*locked by \\([0-9][0-9]*\\).*/\\1/p' -e 's/.*running as pid \\([0-9][0-9]*\\).*/\\1/p' "$said" | tail -n 1)
  lock=$(rpm --eval '%{_dbpath}')/.rpm.lock
  [ -n "$pid" ] || pid=$(awk -v i=":$(stat -c %i "$lock")" '$2 == "POSIX" && $4 == "WRITE" && $6 ~ i "$" { print $5; exit }' /proc/locks)
  [ -n "$pid" ] || { echo 'a process that cannot be found'; return; }
  echo "PID $pid ($(tr '\\0' ' ' <"/proc/$pid/cmdline" | sed 's/ *$//'))"
}
end=$(($(seconds) + patience))
while :; do
  : >"$said"
  "$tool" -y --setopt=exit_on_lock=True "$@" >>"$said" 2>&1 </dev/null && code=0 || code=$?
  [ "$code" != 0 ] && locked || break
  if [ "$(seconds)" -ge "$end" ]; then
    echo "the package database was locked for $patience s by $(holder)" >&2
    exit 200
  fi
  echo "waiting for $(holder), which works on the package database" >>"$said"
  sleep 1
done
if grep -qE 'scriptlet failed|scriptlet failure|Error in [A-Z]+ scriptlet' "$said"; then
  tail -n 15 "$said" >&2
  if [ "$code" != 0 ]; then grep -m 1 'scriptlet failed' "$said" >&2
  else echo 'a scriptlet of a package failed: the package counts as installed, but may not be set up; repair what it complains about, then reinstall it' >&2
  fi
  exit 1
fi
if [ "$code" = 0 ]; then tail -n 100 "$said"
else tail -n 20 "$said" >&2
fi
exit "$code"`;

/** Runs a transaction. It goes on when the connection is lost: cut off in the middle, dnf leaves a mess. */
export function transact(verb: Verb, words: readonly string[]): Action {
  return { exec: shell(TRANSACT, String(PATIENCE), verb, ...words), detached: true, limit: LIMIT };
}
