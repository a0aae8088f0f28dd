import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { expect, test } from 'vitest';
import { tlsCheck } from '../../src/checks/tls-check.ts';
import type { Reader } from '../../src/model/index.ts';
import { checkContext, inventoryHost } from './context.ts';
import { balanced, certificate, closedPort, httpServer, listening, silentServer } from './servers.ts';

const context = checkContext();
const address = '127.0.0.1';
const [web1, web2] = [certificate('web-01'), certificate('web-02')];

function serving(...[made]: [typeof web1]): Promise<number> {
  return listening(tls.createServer(made).on('tlsClientError', () => undefined));
}

test('counts whose certificates were shown', async () => {
  const port = await balanced([await serving(web1), await serving(web2)]);
  const outcome = await tlsCheck({ address, port, requests: 4, reaches: ['web-01', 'web-02'] }).run(context);
  expect(outcome).toMatchObject({
    ok: true,
    detail: '4 handshakes: web-01 2, web-02 2 (certificates not verified)',
  });
});

test('names whose certificate was never shown', async () => {
  const port = await serving(web1);
  const outcome = await tlsCheck({
    address,
    port,
    requests: 2,
    settle: 0,
    reaches: ['web-01', 'web-02'],
  }).run(context);
  expect(outcome).toMatchObject({
    ok: false,
    detail: `expected certificates of web-01, web-02; none of web-02 in 2 handshakes (web-01 2, web-02 0)`,
  });
});

test('the fingerprint is insisted on, in either way of writing', async () => {
  const port = await serving(web1);
  const { fingerprint256 } = new X509Certificate(web1.cert);
  const plain = fingerprint256.replaceAll(':', '').toLowerCase();
  for (const fingerprint of [fingerprint256, plain])
    expect(await tlsCheck({ address, port, fingerprint }).run(context)).toMatchObject({ ok: true });
  const other = new X509Certificate(web2.cert).fingerprint256;
  const outcome = await tlsCheck({ address, port, fingerprint: other }).run(context);
  expect(outcome).toMatchObject({
    ok: false,
    detail: expect.stringContaining(`that of web-01 with ${plain}`),
  });
});

test('asks for the server name', async () => {
  const SNICallback = (name: string, done: (error: null, context: tls.SecureContext) => void) =>
    done(null, tls.createSecureContext(name === 'two.example.com' ? web2 : web1));
  const port = await listening(tls.createServer({ ...web1, SNICallback }));
  const named = tlsCheck({ address, port, servername: 'two.example.com', reaches: ['web-02'] });
  expect(await named.run(context)).toMatchObject({ ok: true });
  expect(await tlsCheck({ address, port, reaches: ['web-01'] }).run(context)).toMatchObject({ ok: true });
});

test('a handshake that is never answered is given up', async () => {
  const port = await silentServer();
  const outcome = await tlsCheck({ address, port, timeout: 0.2 }).run(context);
  expect(outcome).toMatchObject({ ok: false, detail: `no answer within 0.2 s` });
});

test('a server without TLS is called that', async () => {
  const port = Number(new URL(await httpServer((_, response) => response.end())).port);
  const outcome = await tlsCheck({ address, port, requests: 2 }).run(context);
  const detail = `handshake 1: no TLS is spoken there`;
  expect(outcome).toMatchObject({ ok: false, detail });
});

test('a port on which nothing listens', async () => {
  const port = await closedPort();
  expect(await tlsCheck({ address, port }).run(context)).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/refused/),
  });
});

test('a fingerprint that is none is refused', () => {
  expect(() => tlsCheck({ address, fingerprint: 'abc' })).toThrow('64 hex digits');
});

/** A host whose file holds this, asked as a host is. */
function holding(text: string): Reader {
  return {
    async probe([program, ...args]) {
      const { stdout } = spawnSync(program, args.with(-1, '-'), { input: text });
      return { code: 0, stdout: String(stdout), stderr: '', bytes: stdout };
    },
    file: () => Promise.reject(new Error('its key must not travel')),
  };
}

const path = '/etc/tls/server.pem';
const certificates = [
  { on: inventoryHost('one'), path },
  { on: inventoryHost('two'), path },
];
const keepers = checkContext(undefined, {
  one: holding(`${web1.key}${web1.cert}${web2.cert}`),
  two: holding(web2.cert),
});

test('certificates end to end: those that the hosts have, and every one of them', async () => {
  const port = await balanced([await serving(web1), await serving(web2)]);
  const outcome = await tlsCheck({ address, port, requests: 4, atLeast: 2, certificates }).run(keepers);
  expect(outcome).toEqual({
    ok: true,
    detail: '4 handshakes: one 2, two 2 (the certificates that these hosts have)',
    sighting: { reached: { one: 2, two: 2 } },
  });
});

test('somebody who ends TLS on the way is found out', async () => {
  const port = await serving(certificate('web-01'));
  const outcome = await tlsCheck({ address, port, certificates }).run(keepers);
  expect(outcome).toMatchObject({
    ok: false,
    detail: expect.stringMatching(
      /^expected the certificate of one:\S+, two:\S+, got that of web-01 with SHA-256 /,
    ),
    sighting: { reached: { one: 0, two: 0 } },
  });
});

test('one certificate for all tells that it is theirs, and not whose', async () => {
  const same = checkContext(undefined, { one: holding(web1.cert), two: holding(web1.cert) });
  const port = await serving(web1);
  const outcome = await tlsCheck({ address, port, certificates }).run(same);
  expect(outcome).toMatchObject({ ok: true, detail: expect.stringContaining('1 handshake: one or two 1') });
});

test('a file without a certificate is named', async () => {
  const bare = checkContext(undefined, { one: holding(web1.key), two: holding(web2.cert) });
  const run = tlsCheck({ address, certificates }).run(bare);
  await expect(run).rejects.toThrow(`${path} on one holds no certificate that can be read`);
});
