import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { localPort } from '../remote/local-port.ts';

/** A wire on 127.0.0.1 to a server, that counts what passes. */
export interface WireMeter {
  readonly port: number;
  /** What passed since the last reading. */
  read(): Traffic;
  stop(): Promise<void>;
}

export interface Traffic {
  /** How often the client spoke after it had heard from the server: each costs the time of a round trip. */
  readonly turns: number;
  /** Both ways. */
  readonly bytes: number;
}

export async function startWireMeter(address: string, target: number): Promise<WireMeter> {
  let [turns, bytes, heard] = [0, 0, false];
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: address, port: target, noDelay: true });
    client.pipe(upstream).on('error', () => client.destroy());
    upstream.pipe(client).on('error', () => upstream.destroy());
    client.on('data', (chunk) => {
      if (heard) turns += 1;
      heard = false;
      bytes += chunk.length;
    });
    upstream.on('data', (chunk) => {
      heard = true;
      bytes += chunk.length;
    });
  }).listen(0, '127.0.0.1');
  const port = await localPort(server);
  return {
    port,
    read() {
      const traffic = { turns, bytes };
      [turns, bytes, heard] = [0, 0, false];
      return traffic;
    },
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}
