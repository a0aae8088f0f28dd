import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Self-signed. */
export function certificate(commonName: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'trueup-check-'));
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  const args = ['req', '-x509', ...kind, '-subj', `/CN=${commonName}`, '-keyout', key, '-out', cert];
  try {
    execFileSync('openssl', args, { stdio: 'pipe' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Listens on 127.0.0.1 for the length of the test; gives its port. */
export async function listening(server: Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

export async function httpServer(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(http.createServer(answer))}`;
}

export async function httpsServer(made: Certificate, answer: RequestListener): Promise<string> {
  return `https://127.0.0.1:${await listening(https.createServer(made, answer))}`;
}

/** Accepts connections, and never says a word. */
export function silentServer(): Promise<number> {
  return listening(net.createServer());
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** A connection for each name in turn, as a balancer passes TLS through. */
export function balanced(ports: readonly number[]): Promise<number> {
  let turn = 0;
  return listening(
    net.createServer((client) => {
      const server = net.connect(ports[turn++ % ports.length] ?? 0, '127.0.0.1');
      for (const socket of [client, server]) socket.on('error', () => undefined);
      client.pipe(server).pipe(client);
      client.on('close', () => server.destroy());
    }),
  );
}
