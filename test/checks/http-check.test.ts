import type { RequestListener } from 'node:http';
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { httpCheck } from '../../src/checks/http-check.ts';
import { InputError } from '../../src/model/index.ts';
import { checkContext } from './context.ts';
import { certificate, closedPort, httpServer, httpsServer, listening, silentServer } from './servers.ts';

const context = checkContext();

function inTurn(...names: string[]): RequestListener {
  let turn = 0;
  return (_, response) => response.end(`${names[turn++ % names.length]}\n`);
}

describe('what each answer must be', () => {
  test('the status is 200 unless said otherwise', async () => {
    const url = await httpServer((_, response) => response.end('hello'));
    expect(await httpCheck({ url }).run(context)).toMatchObject({
      ok: true,
      detail: '1 answer with status 200',
    });
    const outcome = await httpCheck({ url, status: 404 }).run(context);
    expect(outcome).toMatchObject({ ok: false, detail: `expected status 404, got 200 with "hello"` });
  });

  test('a gateway error points at the servers behind', async () => {
    const url = await httpServer((_, response) => response.writeHead(503).end());
    expect(await httpCheck({ url }).run(context)).toMatchObject({
      ok: false,
      advice: expect.stringMatching(/behind it/),
    });
  });

  test('redirects are not followed', async () => {
    const url = await httpServer((_, response) => response.writeHead(302, { Location: '/x' }).end());
    expect(await httpCheck({ url, status: 302 }).run(context)).toMatchObject({ ok: true });
  });

  test('every text of `contains` is in every answer', async () => {
    const url = await httpServer(inTurn('one two', 'one'));
    expect(await httpCheck({ url, contains: ['one', 'two'] }).run(context)).toMatchObject({ ok: true });
    const outcome = await httpCheck({ url: `${url}/`, requests: 2, contains: 'two' }).run(context);
    expect(outcome).toMatchObject({
      ok: false,
      detail: `request 1: expected "two" in the answer, got "one\\n"`,
    });
  });

  test('a long answer is shown cut', async () => {
    const url = await httpServer((_, response) => response.end('x'.repeat(5000)));
    const { detail } = await httpCheck({ url, contains: 'y' }).run(context);
    expect(detail.length).toBeLessThan(250);
  });

  test('headers are sent', async () => {
    const url = await httpServer(({ headers }, response) => response.end(headers.host));
    const check = httpCheck({ url, headers: { Host: 'www.example.com' }, contains: 'www.example.com' });
    expect(await check.run(context)).toMatchObject({ ok: true });
  });
});

describe('reaches', () => {
  test('counts who answered', async () => {
    const url = await httpServer(inTurn('web-01', 'web-02'));
    const outcome = await httpCheck({ url, requests: 5, reaches: ['web-01', 'web-02'] }).run(context);
    expect(outcome).toMatchObject({ ok: true, detail: '5 answers: web-01 3, web-02 2' });
  });

  test('names who never did, and takes no longer name for it', async () => {
    const url = await httpServer(inTurn('web-01', 'web-020'));
    const outcome = await httpCheck({ url, requests: 4, settle: 0, reaches: ['web-01', 'web-02'] }).run(
      context,
    );
    expect(outcome).toMatchObject({
      ok: false,
      detail: `expected answers of web-01, web-02; none of web-02 in 4 answers (web-01 2, web-02 0)`,
      advice: expect.stringMatching(/balancer/),
    });
  });

  test('goes on for a while: a balancer needs some seconds to see a server come back', async () => {
    const url = await httpServer(inTurn('web-01', 'web-01', 'web-01', 'web-02'));
    const outcome = await httpCheck({ url, requests: 2, reaches: ['web-01', 'web-02'] }).run(context);
    expect(outcome).toMatchObject({ ok: true, detail: '4 answers: web-01 3, web-02 1' });
  });

  test('that while began with the first of the checks: several do not take it several times', async () => {
    const url = await httpServer(inTurn('web-01', 'web-01', 'web-01', 'web-02'));
    const late = { ...context, since: performance.now() - 10_000 };
    const outcome = await httpCheck({ url, requests: 2, reaches: ['web-01', 'web-02'] }).run(late);
    expect(outcome).toMatchObject({ ok: false });
  });

  test.each([
    [2, { ok: true, sighting: { reached: { 'web-01': 4, 'web-02': 2 } } }],
    [
      3,
      {
        ok: false,
        detail:
          'expected answers of web-01, web-02; fewer than 3 of web-02 in 6 answers (web-01 4, web-02 2)',
        sighting: { reached: { 'web-01': 4, 'web-02': 2 } },
      },
    ],
  ])('each of them at least %i times', async (atLeast, expected) => {
    const url = await httpServer(inTurn('web-01', 'web-01', 'web-02'));
    const reaches = ['web-01', 'web-02'];
    const outcome = await httpCheck({ url, requests: 6, reaches, atLeast, settle: 0 }).run(context);
    expect(outcome).toMatchObject(expected);
  });

  test('what it met is told of a failure, too', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/`;
    const outcome = await httpCheck({ url, reaches: ['web-01'] }).run(context);
    expect(outcome).toMatchObject({ ok: false, sighting: { reached: { 'web-01': 0 } } });
  });

  test('each request has a connection of its own', async () => {
    const ports = new Set<number | undefined>();
    const url = await httpServer(({ socket }, response) => {
      ports.add(socket.remotePort);
      response.end();
    });
    await httpCheck({ url, requests: 3 }).run(context);
    expect(ports.size).toBe(3);
  });
});

describe('showsClient', () => {
  test('finds the address that it asked from', async () => {
    const url = await httpServer(({ socket }, response) => response.end(`web ${socket.remoteAddress}\n`));
    const outcome = await httpCheck({ url, showsClient: true }).run(context);
    expect(outcome).toMatchObject({ ok: true, detail: '1 answer with status 200, our address in each' });
  });

  test('over TLS it says what hides the address there', async () => {
    const url = await httpsServer(certificate('web-01'), (_, response) => response.end('web 192.0.2.11\n'));
    const outcome = await httpCheck({ url, insecure: true, showsClient: true }).run(context);
    expect(outcome).toMatchObject({ ok: false, advice: expect.stringMatching(/PROXY protocol/) });
  });

  test('with `otherwise` an answer without it is no failure, but told', async () => {
    const url = await httpServer((_, response) => response.end('web 192.0.2.11\n'));
    const outcome = await httpCheck({ url, showsClient: { otherwise: 'Do better.' } }).run(context);
    expect(outcome).toEqual({
      ok: true,
      detail: '1 answer with status 200',
      caution: `not this machine's address 127.0.0.1 in the answers, but "web 192.0.2.11\\n"\nDo better.`,
      sighting: { client: '127.0.0.1' },
    });
  });

  test('with `otherwise` an answer that has it needs no words', async () => {
    const url = await httpServer(({ socket }, response) => response.end(`web ${socket.remoteAddress}\n`));
    const outcome = await httpCheck({ url, showsClient: { otherwise: 'Do better.' } }).run(context);
    expect(outcome).toEqual({
      ok: true,
      detail: '1 answer with status 200, our address in each',
      sighting: { client: '127.0.0.1' },
    });
  });

  test('another address that begins alike is not it', async () => {
    const url = await httpServer((_, response) => response.end('web 127.0.0.11\n'));
    const outcome = await httpCheck({ url, showsClient: true }).run(context);
    expect(outcome).toMatchObject({
      ok: false,
      detail: `expected this machine's address 127.0.0.1 in the answer, got "web 127.0.0.11\\n"`,
      advice: expect.stringMatching(/X-Forwarded-For/),
    });
  });
});

describe('no answer', () => {
  test('refused', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/`;
    const outcome = await httpCheck({ url, requests: 2 }).run(context);
    const detail = `request 1: connection refused`;
    expect(outcome).toMatchObject({ ok: false, detail, advice: expect.stringMatching(/ss -ltn/) });
  });

  test('a server that is silent is given up after the timeout', async () => {
    const url = `http://127.0.0.1:${await silentServer()}/`;
    const outcome = await httpCheck({ url, timeout: 0.2 }).run(context);
    expect(outcome).toMatchObject({
      ok: false,
      detail: `no answer within 0.2 s`,
      advice: expect.stringMatching(/dropped/),
    });
  });

  test('so is one that stops in the middle', async () => {
    const url = await httpServer((_, response) => void response.write('half'));
    const outcome = await httpCheck({ url, timeout: 0.2 }).run(context);
    expect(outcome).toMatchObject({ ok: false, detail: `no answer within 0.2 s` });
  });

  test('and one that never ends is not read for ever', async () => {
    const url = await httpServer((_, response) => {
      const feed = () => {
        while (response.write('x'.repeat(65536)));
      };
      response.on('drain', feed);
      feed();
    });
    expect(await httpCheck({ url, contains: 'xxx' }).run(context)).toMatchObject({ ok: true });
  });

  test('a connection that is closed without a word', async () => {
    const port = await listening(net.createServer((socket) => socket.destroy()));
    const outcome = await httpCheck({ url: `http://127.0.0.1:${port}/` }).run(context);
    expect(outcome).toMatchObject({ ok: false, detail: expect.stringMatching(/connection was reset/) });
  });
});

describe('https', () => {
  const made = certificate('web-01');

  test('a self-signed certificate is refused, with the way out', async () => {
    const url = await httpsServer(made, inTurn('web-01'));
    const outcome = await httpCheck({ url }).run(context);
    expect(outcome).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/certificate is not trusted/),
      advice: expect.stringMatching(/insecure/),
    });
  });

  test('and accepted if insecure', async () => {
    const url = await httpsServer(made, inTurn('web-01'));
    expect(await httpCheck({ url, insecure: true, reaches: ['web-01'] }).run(context)).toMatchObject({
      ok: true,
    });
  });

  test('a server without TLS is called that', async () => {
    const url = (await httpServer(inTurn('web-01'))).replace('http:', 'https:');
    expect(await httpCheck({ url }).run(context)).toMatchObject({
      ok: false,
      detail: `no TLS is spoken there`,
    });
  });
});

test.each([
  [{ url: 'ftp://x/' }, 'httpCheck: url: expected a URL with http: or https:'],
  [{ url: 'http://x/', requests: 0 }, 'httpCheck: requests: '],
  [{ url: 'http://x/', request: 2 }, 'httpCheck: unknown field `request`: did you mean `requests`?'],
])('wrong input is refused where it was written: %j', (spec, message) => {
  expect(() => httpCheck(spec)).toThrow(InputError);
  expect(() => httpCheck(spec)).toThrow(message);
  expect(() => httpCheck(spec)).toThrow(/http-check\.test\.ts:\d+/);
});
