import { z } from 'zod';
import {
  ABSENT,
  type Action,
  blocked,
  type Change,
  defineResource,
  didYouMean,
  differs,
  type Finding,
  ok,
  type PredictedEffects,
  ProbeError,
  type Reader,
  shell,
  unknown,
} from '../model/index.ts';
import { parseServers, type ServerState } from './haproxy/parse-servers.ts';

// What haproxy takes in a name: nothing that could end a command on its socket.
const name = z.string().regex(/^[\w.:-]+$/, 'expected a name of letters, digits and . : _ -');

const haproxyServerSpec = z.strictObject({
  /** The server's name. */
  server: name,
  /** The `backend` or `listen` section that it is in, or several. Default: all that have a server of this name. */
  backend: z
    .union([name, z.array(name).min(1)])
    .transform((given) => [given].flat())
    .optional(),
  /** `ready`, `drain` (nobody new) or `maint` (nobody new, and no health checks). */
  state: z.enum(['ready', 'drain', 'maint']),
  /** Seconds until no session is left, or the server is up. Default 60; 0: neither is looked at. */
  wait: z.int().min(0).max(86_400).default(60),
  /** The stats socket. Default `/var/lib/haproxy/stats`. */
  socket: z
    .string()
    .regex(/^\/[^\s,:!'"]+$/, 'expected an absolute path')
    .default('/var/lib/haproxy/stats'),
});

type HaproxyServerSpec = z.output<typeof haproxyServerSpec>;

/**
 * Ensures whether a running haproxy sends anybody to a server, and waits until that has come about.
 *
 * - `server`: the server's name, required.
 * - `backend`: the `backend` or `listen` section that it is in, or a list of them. Left out: all that have a server of this
 *   name, and where none has, nobody is sent there and nothing differs.
 * - `state`: `ready`; `drain`: nobody new is sent there, health checks go on; `maint`: neither.
 * - `wait`: seconds that a change may take until it has come about: for `drain` and `maint` until no session with the
 *   server is left, for `ready` until haproxy finds it up. Default 60. With 0 neither is looked at, only the state.
 * - `socket`: haproxy's stats socket, which needs `level admin`. Default `/var/lib/haproxy/stats`.
 *
 * The state lives in the running process: every reload and restart of haproxy sets it back to what the configuration
 * says, which is `ready` unless a server is `disabled` there. So `drain` and `maint` belong around a change (`before` in
 * a play), and `ready` after it. Where haproxy does not run, it sends nobody anywhere, and nothing differs. Sessions
 * that a process from before a reload still has are not seen.
 *
 * It needs socat on the balancer, and haproxy 1.6 or later (not the one that CentOS 7 brings). It is blocked where a
 * `backend` has no such server, or the socket does not let an administrator in. It fails if sessions are left, or the server
 * is not up, after `wait`.
 *
 * See https://docs.haproxy.org/2.6/management.html#9.3 (set server, show stat, show servers state).
 *
 * @example
 * haproxyServer({ server: 'nginx-01', state: 'drain', wait: 120 })
 */
export const haproxyServer = defineResource({
  kind: 'haproxyServer',
  schema: haproxyServerSpec,
  name: ({ backend, server }) => (backend ? `${server} in ${backend.join(', ')}` : server),
  manages: ({ backend = ['*'], server, socket }) =>
    backend.map((each) => `haproxy-server:${socket}:${each}/${server}`),
  read: readServers,
  diff: decideServer,
});

function decideServer(spec: HaproxyServerSpec, state: HaproxyState, { pending }: PredictedEffects): Finding {
  if (!state) return pending === undefined ? ok : unknown(pending, 'haproxy does not run yet');
  const { level, servers } = state;
  const mine = servers.filter(
    (one) => one.server === spec.server && (spec.backend?.includes(one.backend) ?? true),
  );
  const problem = missing(spec, servers, mine) ?? tooLow(spec, level, mine);
  if (!problem) return differs(changes(spec, mine));
  return pending === undefined
    ? blocked(problem.reason, problem.advice)
    : unknown(pending, `as it is now, ${problem.reason}`);
}

interface Problem {
  readonly reason: string;
  readonly advice: string;
}

function missing(
  { backend = [], server, socket }: HaproxyServerSpec,
  servers: readonly ServerState[],
  mine: readonly ServerState[],
): Problem | undefined {
  const lacking = backend.find((name) => !mine.some((one) => one.backend === name));
  if (lacking === undefined) return undefined;
  const siblings = servers.filter((one) => one.backend === lacking).map((one) => one.server);
  const hint =
    siblings.length === 0
      ? `no backend ${lacking} with servers${didYouMean(lacking, new Set(servers.map((one) => one.backend)))}`
      : `no server ${server} in backend ${lacking}${didYouMean(server, siblings)}`;
  return {
    reason: `haproxy has ${hint}`,
    advice: `See on the host: echo 'show servers state' | socat - ${socket}`,
  };
}

/** Only where there is something to change. */
function tooLow(spec: HaproxyServerSpec, level: string, mine: readonly ServerState[]): Problem | undefined {
  if (level === 'admin' || mine.every(({ told }) => told === spec.state)) return undefined;
  return {
    reason: `${spec.socket} does not let us change anything (level ${level})`,
    advice: 'Write `stats socket … level admin` in haproxy.cfg, and reload haproxy.',
  };
}

function changes(spec: HaproxyServerSpec, mine: readonly ServerState[]): Change[] {
  const { state, wait } = spec;
  const actions = [
    setState(
      spec,
      mine.map(({ backend }) => backend),
    ),
  ];
  const others = mine.filter(({ told }) => told !== state);
  if (others.length > 0) {
    const told = others.map((one) => `${one.backend} ${one.told}`).join(', ');
    return [{ aspect: 'state', summary: `${told} → ${state}${awaited(spec)}`, actions }];
  }
  if (wait === 0) return [];
  const late = mine.filter((one) => !hasSettled(one));
  if (late.length === 0) return [];
  const why = late.map((one) => `${one.backend} ${words(one)}`).join(', ');
  return [{ aspect: 'settled', summary: `${why}${awaited(spec)}`, actions }];
}

function awaited({ state, wait }: HaproxyServerSpec): string {
  if (wait === 0) return '';
  return `, and wait until ${state === 'ready' ? 'it is up' : 'its sessions are gone'}`;
}

function hasSettled({ told, status, sessions }: ServerState): boolean {
  return told === 'ready' ? ['UP', 'no check'].includes(status) : sessions === 0;
}

function words({ told, status, sessions }: ServerState): string {
  return told === 'ready' ? `is ${status}` : `has ${sessions} ${sessions === 1 ? 'session' : 'sessions'}`;
}

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
function setState(spec: HaproxyServerSpec, backends: readonly string[]): Action {
  const { socket, state, wait, server } = spec;
  return { exec: shell(SET, socket, state, String(wait), server, ...backends), limit: 2 * wait + 60 };
}

/** What a running haproxy says of its servers; undefined where none runs. */
type HaproxyState =
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

async function readServers({ socket }: HaproxyServerSpec, host: Reader): Promise<HaproxyState> {
  const { code, stdout } = await host.probe(shell(LOOK, socket), { expect: [0, 127] });
  if (code === 127) throw new ProbeError('socat is not there', { missing: 'socat' });
  const [level, stat, states, end] = stdout.split(/^== .*\n/m).slice(1);
  if (stdout.trim() === '== not running') return undefined;
  if (level === undefined || stat === undefined || states === undefined || end === undefined)
    throw new ProbeError(`haproxy gave no whole answer on ${socket}`);
  return { level: level.trim(), servers: parseServers(stat, states) };
}
