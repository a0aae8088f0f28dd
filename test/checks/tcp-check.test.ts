import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { tcpCheck } from '../../src/checks/tcp-check.ts';
import { checkContext } from './context.ts';
import { closedPort, silentServer } from './servers.ts';

const context = checkContext();

test('a port on which something listens', async () => {
  const port = await silentServer();
  const check = tcpCheck({ address: '127.0.0.1', port });
  expect(check.name).toBe(`127.0.0.1 port ${port}`);
  expect(await check.run(context)).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/^connected after \d+ ms$/),
  });
});

test('a port on which nothing listens', async () => {
  const port = await closedPort();
  expect(await tcpCheck({ address: '127.0.0.1', port }).run(context)).toMatchObject({
    ok: false,
    detail: 'connection refused',
    advice: expect.stringMatching(/ss -ltn/),
  });
});

test('a port on which something listens some moments later, for who has the patience', async () => {
  const port = await closedPort();
  const checked = tcpCheck({ address: '127.0.0.1', port, settle: 10 }).run(context);
  const server = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  expect(await checked).toMatchObject({ ok: true });
});

test('a name that is not known', async () => {
  const outcome = await tcpCheck({ address: 'no-such-host.invalid', port: 80 }).run(context);
  expect(outcome).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/^(its name is not known|.*EAI_AGAIN.*)$/),
  });
});

test('a port beyond 65535 is refused', () => {
  expect(() => tcpCheck({ address: '127.0.0.1', port: 65536 })).toThrow('tcpCheck: port: ');
});
