import { type Invocation, quoteWord, shellLine } from '../model/index.ts';
import { feed, KILL_AFTER } from './invocation-script.ts';

const JOBS = '/run/trueup/jobs';

/** Runs apart from everything that started it; holds the lock on descriptor 9 until its answer lies there. */
const RUNNER = `cd "$1" || exit
limit=$2; shift 2
>started
exec <in
rm -f in
read -r begun rest </proc/uptime
timeout -k ${KILL_AFTER} "$limit" "$@" >out 2>err 9>&-
code=$?
read -r ended rest </proc/uptime
echo "$code $begun $ended" >answer.new
mv answer.new answer`;

/**
 * Starts the job unless it is there already, and waits until it has ended. Its folder appears whole, by a rename,
 * with the lock already held: so whoever comes second finds either nothing or a job to wait for.
 */
export function detachedScript(job: string, { command, limit, stdin }: Invocation, token: string): string {
  return `umask 077
J=${JOBS} D=${JOBS}/${job} W=${JOBS}/.new-${token}
mkdir -p "$J"
find "$J" -mindepth 2 -maxdepth 2 -name answer -mmin +1440 -exec sh -c 'rm -rf "\${1%/*}"' sh {} \\;
start() {
mkdir "$W" && ${stdin === undefined ? ':' : feed(Buffer.from(stdin))} >"$W/in" || return
>"$W/lock" || return
exec 9>"$W/lock"
flock 9
if mv -T "$W" "$D" 2>/dev/null; then
setsid sh -c ${quoteWord(RUNNER)} trueup-job "$D" ${limit} ${shellLine(command)} </dev/null >/dev/null 2>&1 &
else rm -rf "$W"
fi
exec 9>&-
}
join() { [ ! -e "$D/lock" ] || { exec 8<"$D/lock"; flock -s 8; }; }
[ -d "$D" ] || start
join
if [ -d "$D" ] && [ ! -e "$D/started" ]; then
exec 8<&-
rm -rf "$D"
start
join
fi
if [ -e "$D/answer" ]; then
read -r c b t <"$D/answer"
cat "$D/out"
cat "$D/err" >&2
elif [ -e "$D/started" ]; then
c=137; u
echo 'the job was killed on the host before it had ended' >&2
else
c=1; u
echo "the job is not in $J: it could not be started, or another run has taken its answer" >&2
fi
m $c $b $t`;
}

/** Runs when the answer has arrived: not before, or a link lost meanwhile would lose it; nor while others read it. */
export const FORGET_JOB = 'read -r x && flock -x -n 8 && mv "$D" "$W" && rm -rf "$W"';

/** A job's name becomes the name of a folder. */
export function checkJobName(job: string): void {
  if (!/^\w[\w.-]{0,99}$/.test(job)) throw new RangeError(`not a name for a job: ${job}`);
}
