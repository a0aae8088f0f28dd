import { BEGIN, END } from './frames.ts';

/**
 * A script in braces, so that a part of it is no script. In its body `e CODE` ends a piece of output on both
 * streams; the coda runs behind the last mark. The first mark tells the session and the shell on the host, by
 * which all that it started can be found again.
 */
export function framedScript(nonce: string, body: string, coda = ':'): string {
  return `{
umask 022
cd /
N=${nonce}
m() { printf '\\n%s %s\\n' $N "$*"; printf '\\n%s %s\\n' $N "$1" >&2; }
u() { read -r t u </proc/uptime; }
e() { c=$1; u; m $c $b $t; b=$t; }
read -r s </proc/self/stat
set -- \${s##*) }
m ${BEGIN} $4 $$
u; b=$t
${body}
m ${END}
${coda}
}`;
}
