import { type Invocation, shell, TrueupError } from '../../model/index.ts';

/** Who applies: no two runs shall change a host at the same time. */
export interface RunIdentity {
  readonly id: string;
  /** For people: user, laptop and process. */
  readonly by: string;
}

const LOCK_FILE = '/run/trueup/apply.lock';

/**
 * $1 is the lock, $2 the run, $3 who that is. The lock belongs to the sshd process of our connection: it is free as
 * soon as that has ended, however it did, and the same run may take it again over another connection.
 */
const TAKE = `
umask 077
mkdir -p "\${1%/*}" || exit
exec 9>>"$1.guard"
flock -w 10 9 || { echo "cannot lock $1.guard" >&2; exit 1; }
stat() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null; }
began() { stat "$1" | cut -d ' ' -f 20; }
session=$PPID
while [ "\${session:-1}" -gt 1 ]; do
  case $(cat "/proc/$session/comm") in sshd*) break ;; esac
  session=$(stat "$session" | cut -d ' ' -f 2)
done
if [ -e "$1" ] && read -r pid start run who <"$1" && [ "$run" != "$2" ] && [ "$(began "$pid")" = "$start" ]; then
  echo "$who" >&2
  exit 75
fi
echo "$session $(began "$session") $2 $3" >"$1"`;

export function takeLock({ id, by }: RunIdentity): Invocation {
  return { command: shell(TAKE, LOCK_FILE, id, by), limit: 30 };
}

export function lockedBy(who: string): TrueupError {
  return new TrueupError(`another run of trueup is changing this host: ${who}`, {
    advice: `Wait until it has ended. If it is gone for good, its connection may linger: remove ${LOCK_FILE} there.`,
  });
}
