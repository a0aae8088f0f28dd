import type { Host } from '../../model/index.ts';
import { secondsSince } from '../seconds-since.ts';
import type { Tools } from '../tools.ts';
import { WitnessedRemote } from './witnessed-remote.ts';

/** Connects like `connect` and tells of each connection, and of everything that is run over it. */
export function witnessed({ connect, listener }: Pick<Tools, 'connect' | 'listener'>): Tools['connect'] {
  let again = false;
  return async (host: Host, signal: AbortSignal) => {
    listener({ type: 'connecting', host: host.name, again });
    again = true;
    const began = performance.now();
    const remote = await connect(host, signal);
    listener({ type: 'connected', host: host.name, seconds: secondsSince(began) });
    return new WitnessedRemote(remote, host.name, listener);
  };
}
