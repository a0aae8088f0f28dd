import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { Host } from '../../src/model/index.ts';
import type { ConnectOptions } from '../../src/remote/index.ts';
import { localPort } from './local-port.ts';
import { clientSide, makeKey } from './sshd.ts';

/** An exec that a client asked for. */
export interface Asked {
  readonly channel: ssh2.ServerChannel;
  /** The script that came on stdin, as soon as it is whole. */
  readonly script: Promise<string>;
  /** What marks of the script begin with. */
  readonly nonce: Promise<string>;
}

export interface LyingServer {
  readonly host: Host;
  readonly options: ConnectOptions;
  stop(): Promise<void>;
}

/** A real SSH server that lets everyone in, and answers an exec with whatever `answer` does. */
export async function startLyingServer(answer: (asked: Asked) => void): Promise<LyingServer> {
  const dir = mkdtempSync(join(tmpdir(), 'trueup-liar-'));
  for (const name of ['id', 'host_ed25519']) makeKey(dir, name);
  const clients = new Set<ssh2.Connection>();
  const server = new ssh2.Server({ hostKeys: [readFileSync(join(dir, 'host_ed25519'))] }, (client) => {
    clients.add(client);
    client.on('error', () => {});
    client.on('authentication', (login) => login.accept());
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec) => answer(askedOn(acceptExec())));
    });
  });
  server.listen(0, '127.0.0.1');
  const port = await localPort(server);
  const key = readFileSync(join(dir, 'host_ed25519.pub'), 'utf8');
  writeFileSync(join(dir, 'known_hosts'), `[127.0.0.1]:${port} ${key}`);
  return {
    ...clientSide(dir, port),
    stop: async () => {
      for (const client of clients) client.end();
      const closed = once(server, 'close');
      server.close();
      await closed;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function askedOn(channel: ssh2.ServerChannel): Asked {
  channel.on('error', () => {});
  const script = new Promise<string>((resolve) => {
    let text = '';
    channel.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.endsWith('}')) resolve(text);
    });
  });
  const nonce = script.then((text) => /^N=([0-9a-f]{32})$/m.exec(text)?.[1] ?? '');
  return { channel, script, nonce };
}
