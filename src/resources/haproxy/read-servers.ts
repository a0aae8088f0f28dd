import { ABSENT, ProbeError, type Reader, shell } from '../../model/index.ts';
import { parseServers, type ServerState } from './parse-servers.ts';
import type { HaproxyServerSpec } from './server-spec.ts';

/** What a running haproxy says of its servers; undefined where none runs. */
export type HaproxyState =
  | {
      /** What the socket lets us do: `admin` is what changes need. */
      readonly level: string;
      readonly servers: readonly ServerState[];
    }
  | undefined;

/**
 * A socket that nobody listens on any more refuses connections: haproxy leaves it behind when it stops. A folder that
 * may not be searched hides the socket of a haproxy that runs.
 */
const LOOK = `
export LC_ALL=C
${ABSENT}
socket=$1
command -v socat >/dev/null || exit 127
[ -S "$socket" ] || { [ -e "$socket" ] || absent "$socket"; echo '== not running'; exit 0; }
ask() { printf '== %s\\n' "$1"; printf '%s\\n' "$1" | socat -t 10 - "UNIX-CONNECT:$socket"; }
said=$(ask 'show cli level' 2>&1) || {
  case $said in *'Connection refused'*) echo '== not running'; exit 0 ;; esac
  printf '%s\\n' "$said" >&2
  exit 1
}
printf '%s\\n' "$said"
ask 'show stat' && ask 'show servers state' && echo '== end'`;

export async function readServers({ socket }: HaproxyServerSpec, host: Reader): Promise<HaproxyState> {
  const { code, stdout } = await host.probe(shell(LOOK, socket), { expect: [0, 127] });
  if (code === 127) throw new ProbeError('socat is not there', { missing: 'socat' });
  const [level, stat, states, end] = stdout.split(/^== .*\n/m).slice(1);
  if (stdout.trim() === '== not running') return undefined;
  if (level === undefined || stat === undefined || states === undefined || end === undefined)
    throw new ProbeError(`haproxy gave no whole answer on ${socket}`);
  return { level: level.trim(), servers: parseServers(stat, states) };
}
