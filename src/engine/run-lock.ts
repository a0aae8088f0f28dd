import { ABSENT, type Failure, type Invocation, OWN_FOLDER, shell, TrueupError } from '../model/index.ts';

/** The run that applies: only one run may change a host at a time. */
export interface RunIdentity {
  readonly id: string;
  /** For people: user, laptop and process. */
  readonly by: string;
}

const LOCK_FILE = '/run/trueup/apply.lock';
/** The exit code for a lock that another run holds. */
const HELD = 75;

/**
 * $1 is the lock, $2 the run, $3 who that is. The lock belongs to the sshd process of our connection: it is free as
 * soon as that has ended, however it did, and the same run may take it again over another connection. A lock, or a
 * holder, that may not be looked at is not a free lock.
 */
const TAKE = `
umask 077
${OWN_FOLDER}
own_folder "\${1%/*}" || exit
exec 9>>"$1.guard"
flock -w 10 9 || { echo "cannot lock $1.guard" >&2; exit 1; }
${ABSENT}
look() {
  seen=$(cat "/proc/$1/stat" 2>&1) && seen=\${seen##*) } && return
  case $seen in *': No such file or directory' | *': No such process') return 1 ;; esac
  echo "$seen" >&2
  exit 1
}
began() { look "$1" && set -- $seen && began=\${20}; }
parent() { look "$1" && set -- $seen && session=$2; }
session=$PPID
while [ "$session" -gt 1 ]; do
  case $(cat "/proc/$session/comm") in sshd*) break ;; esac
  parent "$session" || exit
done
pid= run=$2
if [ -s "$1" ] || ! absent "$1"; then
  read -r pid start run who <"$1" || [ -n "$pid" ] || [ ! -s "$1" ] || exit 1
fi
if [ -n "$pid" ] && [ "$run" != "$2" ] && began "$pid" && [ "$began" = "$start" ]; then
  echo "$who" >&2
  exit ${HELD}
fi
began "$session" || { echo "process $session, which our connection belongs to, is gone" >&2; exit 1; }
echo "$session $began $2 $3" >"$1"`;

export function takeLock({ id, by }: RunIdentity): Invocation {
  return { command: shell(TAKE, LOCK_FILE, id, by), limit: 30 };
}

/** Why the lock could not be taken. */
export function lockError({ exitCode, message }: Failure): TrueupError {
  if (exitCode !== HELD) return new TrueupError(`cannot take the lock ${LOCK_FILE}: ${message}`);
  return new TrueupError(`another run of trueup is changing this host: ${message}`, {
    advice: `Wait until it has ended. If it is gone for good, its connection may linger: remove ${LOCK_FILE} there.`,
  });
}
