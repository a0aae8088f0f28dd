import { once } from 'node:events';
import type { Server } from 'node:net';

/** The port on which a server that was told to listen on 127.0.0.1 does so. */
export async function localPort(server: Pick<Server, 'address' | 'once'>): Promise<number> {
  await once(server as Server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
