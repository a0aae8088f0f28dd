import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Connection, ParsedKey, PublicKeyAuthContext } from 'ssh2';
import { ssh2 } from '../../src/remote/ssh2.ts';
import { localPort } from './local-port.ts';

/** One login attempt of a connection. */
export interface Offered {
  readonly connection: number;
  readonly method: string;
  readonly password?: string;
  /** The hash that a key was offered with, and whether there was a signature and it was right. */
  readonly key?: { readonly hash: string; readonly signature: 'none' | 'right' | 'wrong' };
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
  /** Like an sshd before 7.2, it does not say which signature algorithms it takes. */
  readonly isOld?: boolean;
  /** Called at each attempt, before the answer. */
  onOffered?(): void;
}

/** A host key; each call makes another one. */
export function newHostKey(): ParsedKey {
  // About one in 200 that ssh2 makes is malformed.
  for (;;) {
    const key = ssh2.utils.parseKey(ssh2.utils.generateKeyPairSync('ed25519').private);
    if (!(key instanceof Error)) return key;
  }
}

/** The key as known_hosts has it. */
export function knownHostsKey(key: ParsedKey): string {
  return `${key.type} ${key.getPublicSSH().toString('base64')}`;
}

function keyOf({
  key,
  blob,
  signature,
  hashAlgo = 'sha1',
}: PublicKeyAuthContext): NonNullable<Offered['key']> {
  if (!signature || !blob) return { hash: hashAlgo, signature: 'none' };
  const parsed = ssh2.utils.parseKey(key.data);
  const isRight = !(parsed instanceof Error) && parsed.verify(blob, signature, hashAlgo) === true;
  return { hash: hashAlgo, signature: isRight ? 'right' : 'wrong' };
}

/** The library sends SSH_MSG_EXT_INFO whenever the client can take it, which its key exchange remembers. */
function withoutExtensions(client: Connection): void {
  const { _protocol: protocol } = client as unknown as { readonly _protocol: object };
  let exchange: unknown;
  const never = { get: () => false, set: () => {} };
  Object.defineProperty(protocol, '_kex', {
    get: () => exchange,
    set: (value: object | undefined) => {
      exchange = value && Object.defineProperty(value, 'remoteExtInfoEnabled', never);
    },
  });
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
      if (options.isOld) withoutExtensions(client);
      client.on('authentication', (context) => {
        options.onOffered?.();
        const { method } = context;
        offered.push({
          connection,
          method,
          ...(context.method === 'password' && { password: context.password }),
          ...(context.method === 'publickey' && { key: keyOf(context) }),
        });
        if (context.method === 'publickey' && !context.signature) context.accept();
        else context.reject();
      });
    });
    ssh.injectSocket(socket);
  }).listen(0, '127.0.0.1');
  const port = await localPort(server);
  return {
    port,
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
