import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { expect, test } from 'vitest';
import { tlsCheck } from '../../src/checks/tls-check.ts';
import { scriptedHost } from '../scripted-host.ts';
import { balanced, certificate, closedPort, httpServer, listening, silentServer } from './servers.ts';

const context = { host: scriptedHost({}) };
const address = '127.0.0.1';
const [web1, web2] = [certificate('web-01'), certificate('web-02')];

function serving(...[made]: [typeof web1]): Promise<number> {
  return listening(tls.createServer(made).on('tlsClientError', () => undefined));
}

test('counts whose certificates were shown', async () => {
  const port = await balanced([await serving(web1), await serving(web2)]);
  const outcome = await tlsCheck({ address, port, requests: 4, reaches: ['web-01', 'web-02'] }).run(context);
  expect(outcome).toEqual({
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
