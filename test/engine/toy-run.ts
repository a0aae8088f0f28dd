import { readDenials } from '../../src/denials/read-denials.ts';
import { HostSessions } from '../../src/engine/host-sessions.ts';
import type { RunContext } from '../../src/engine/run-context.ts';
import type { TagSelection } from '../../src/engine/tag-selection.ts';
import type { Facts, Host, Listener } from '../../src/model/index.ts';
import { readTogether } from '../../src/remote/index.ts';
import type { ToyHost } from './toy-host.ts';

export interface ToyContext {
  toy(name: string): ToyHost;
  readonly listener?: Listener;
  readonly signal?: AbortSignal;
  readonly selection?: TagSelection | undefined;
}

/** What a run on toy hosts is handed. */
export function toyContext({ toy, selection, ...given }: ToyContext): RunContext {
  const { listener = () => {}, signal = new AbortController().signal } = given;
  const run = { id: 'this-run', by: 'somebody' };
  const connect = ({ name }: Host) => toy(name).connect();
  return {
    sessions: new HostSessions({ connect, readTogether, listener, run, signal }),
    readFacts: async (reader) => ({ hostname: (await reader.probe(['get', 'name'])).stdout }) as Facts,
    readDenials,
    listener,
    project: { root: '/nowhere' },
    runId: run.id,
    signal,
    forks: 4,
    ...(selection ? { selection } : {}),
  };
}

export function toyHost(name: string): Host {
  return { name, address: name, port: 22, user: 'root', hostKeys: 'strict', groups: [], vars: {} };
}
