import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { localPort } from './local-port.ts';

/** A wire to a server on 127.0.0.1 that can be cut. */
export interface Wire {
  readonly port: number;
  /** Bytes that went from the client to the server so far. */
  readonly sent: number;
  /** Resets every connection as soon as this many bytes went to the server in all. */
  cutAfter(bytes: number): void;
  /** Nothing passes any more, and nobody is told. */
  freeze(): void;
  stop(): Promise<void>;
}

export async function startProxy(target: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let sent = 0;
  let end = Number.POSITIVE_INFINITY;
  let frozen = false;
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const forward = (chunk: Buffer, server: Socket) => {
    if (frozen) return;
    const passing = chunk.subarray(0, Math.max(0, end - sent));
    sent += passing.length;
    server.write(passing, () => {
      if (sent >= end) cut();
    });
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
    }
    client
      .on('data', (chunk) => forward(chunk, upstream))
      .on('end', () => frozen || client.end())
      .on('close', () => upstream.destroy());
    upstream.on('data', (chunk) => !frozen && client.write(chunk)).on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  const port = await localPort(server);
  return {
    port,
    get sent() {
      return sent;
    },
    cutAfter(bytes) {
      end = bytes;
      if (sent >= end) cut();
    },
    freeze() {
      frozen = true;
    },
    async stop() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
