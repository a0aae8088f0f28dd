import {
  blocked,
  type Change,
  didYouMean,
  differs,
  type Finding,
  ok,
  type PredictedEffects,
  unknown,
} from '../../model/index.ts';
import type { ServerState } from './parse-servers.ts';
import type { HaproxyState } from './read-servers.ts';
import type { HaproxyServerSpec } from './server-spec.ts';
import { setState } from './set-state.ts';

export function decideServer(
  spec: HaproxyServerSpec,
  state: HaproxyState,
  { pending }: PredictedEffects,
): Finding {
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
