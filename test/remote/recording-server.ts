import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ParsedKey } from 'ssh2';
import { ssh2 } from '../../src/remote/ssh2.ts';

/** One login attempt of a connection: the method, and the password if there was one. */
export interface Offered {
  readonly connection: number;
  readonly method: string;
  readonly password?: string;
}

/** An SSH server on 127.0.0.1 that shows each connection a host key of the test's choice, and lets no one in. */
export interface RecordingServer {
  readonly port: number;
  /** All credentials it was offered. */
  readonly offered: readonly Offered[];
  /** How many connections there were. */
  readonly connections: number;
  stop(): Promise<void>;
}

export interface RecordingOptions {
  /** The host key of a connection, counted from 0. */
  hostKey(connection: number): ParsedKey;
  /** Called at each attempt, before the answer. */
  onOffered?(): void;
}

/** A host key; each call makes another one. */
export function newHostKey(): ParsedKey {
  const { private: text } = ssh2.utils.generateKeyPairSync('ed25519');
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  return key;
}

/** The key as known_hosts has it. */
export function knownHostsKey(key: ParsedKey): string {
  return `${key.type} ${key.getPublicSSH().toString('base64')}`;
}

export async function startRecordingServer(options: RecordingOptions): Promise<RecordingServer> {
  const offered: Offered[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    const connection = connections;
    connections += 1;
    socket.on('error', () => {});
    const ssh = new ssh2.Server({ hostKeys: [{ key: options.hostKey(connection) as never }] }, (client) => {
      client.on('error', () => {});
      client.on('authentication', (context) => {
        options.onOffered?.();
        const { method } = context;
        offered.push({
          connection,
          method,
          ...(context.method === 'password' && { password: context.password }),
        });
        context.reject();
      });
    });
    ssh.injectSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    offered,
    get connections() {
      return connections;
    },
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}
