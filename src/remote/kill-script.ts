/** A script under way on a host: its session, and the shell that runs it. */
export interface RemoteProcess {
  readonly session: string;
  readonly shell: string;
}

/**
 * Ends everything that belongs to these sessions: the shells first, so that they start nothing more, then the
 * rest politely, and after two seconds for good. Needs no tool beyond the shell.
 */
export function killScript(processes: readonly RemoteProcess[]): string {
  const sessions = processes.map(({ session }) => session).join(' ');
  return `sweep() {
n=0
for f in /proc/[0-9]*/stat; do
read -r s 2>/dev/null <"$f" || continue
p=\${f#/proc/} p=\${p%/stat}
set -- $1 \${s##*) }
[ "$2" != Z ] || continue
case ' ${sessions} ' in *" $5 "*) kill -$1 $p 2>/dev/null && n=$((n+1)) ;; esac
done
}
kill -TERM ${processes.map(({ shell }) => shell).join(' ')} 2>/dev/null
sweep TERM
i=0
while [ $n != 0 ] && [ $i -lt 20 ]; do sleep 0.1; sweep 0; i=$((i+1)); done
sweep KILL`;
}
