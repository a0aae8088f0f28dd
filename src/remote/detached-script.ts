import {
  type Invocation,
  type Job,
  LABEL_FUNCTIONS,
  OWN_FOLDER,
  quoteWord,
  shellLine,
} from '../model/index.ts';
import { environment, feed, KILL_AFTER } from './batch-script.ts';
import { SAID } from './frames.ts';

const JOBS = '/run/trueup/jobs';

/**
 * Runs apart from everything that started it; holds the lock on descriptor 9 until its answer lies there. A job that
 * keeps its output to itself may append it to $TRUEUP_PROGRESS, to be seen all the same.
 */
const RUNNER = `cd "$1" || exit
export TRUEUP_PROGRESS="$1/progress"
limit=$2; shift 2
>started
exec <in
rm -f in
read -r begun rest </proc/uptime
timeout -k ${KILL_AFTER} "$limit" "$@" >>out 2>>err 9>&-
code=$?
read -r ended rest </proc/uptime
echo "$code $begun $ended" >answer.new
mv answer.new answer`;

/**
 * Says the latest whole line of the job's output, once a second: one that is still being written, or is very long,
 * could be half a secret. Holds neither the lock nor our streams any longer than it has to.
 */
const TELL = `latest() {
for f in "$D/progress" "$D/out"; do
[ -s "$f" ] || continue
tail -n 2 "$f" | head -c 2000 | { k=; while IFS= read -r x; do k=$x; done; printf %s "$k"; }
return
done
}
tell() {
p=
while sleep 1 >/dev/null 2>&1; do
l=$(latest 2>/dev/null)
[ "$l" = "$p" ] || { p=$l; printf '\\n%s ${SAID} %s\\n' $N "$l"; }
done
}`;

/**
 * Starts the job unless it is there already, and waits until it has ended. Its folder appears whole, by a rename,
 * with the lock already held: so whoever comes second finds either nothing or a job to wait for. An answer that
 * nobody fetched is for the runs that asked while it went on; any other run begins anew.
 *
 * What a job starts may be confined by SELinux, such as the useradd of a package. EL's policy lets every domain read and append
 * to files that it inherits only if these are temporary ones, so the folder gets that label, and its files from it.
 */
export function detachedScript(
  { name, run }: Job,
  { command, limit, stdin, env }: Invocation,
  token: string,
): string {
  return `${LABEL_FUNCTIONS}
${OWN_FOLDER}
umask 077
J=${JOBS} D=${JOBS}/${name} W=${JOBS}/.new-${token} R=${quoteWord(run)}
safe=
start() {
mkdir "$W" && if selinux_on; then chcon -t tmp_t "$W" 2>/dev/null || :; fi && ${stdin === undefined ? ':' : feed(Buffer.from(stdin))} >"$W/in" || return
echo "$R" >"$W/runs" && >"$W/lock" || return
exec 9>"$W/lock"
flock 9
if mv -T "$W" "$D" 2>/dev/null; then
${environment(env)}setsid sh -c ${quoteWord(RUNNER)} trueup-job "$D" ${limit} ${shellLine(command)} </dev/null >/dev/null 2>&1 &
else rm -rf "$W"
fi
exec 9>&-
}
${TELL}
join() {
[ -e "$D/lock" ] || return
exec 8<"$D/lock"
flock -n -s 8 && return
tell 8<&- &
T=$!
flock -s 8
{ kill $T; wait $T; } 2>/dev/null
}
mine() { grep -q -x -F -e "$R" "$D/runs" 2>/dev/null; }
run() {
own_folder /run/trueup "$J" || return
safe=yes
find "$J" -mindepth 1 -maxdepth 1 -mmin +1440 -exec sh -c 'flock -n "$1/lock" rm -rf "$1"' sh {} \\;
[ ! -e "$D/answer" ] || mine || rm -rf "$D"
[ -d "$D" ] || start
[ ! -d "$D" ] || mine || echo "$R" >>"$D/runs"
join
if [ -d "$D" ] && [ ! -e "$D/started" ]; then
exec 8<&-
rm -rf "$D"
start
join
fi
}
run
if [ -z "$safe" ]; then
c=1; u
elif [ -e "$D/answer" ]; then
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
