import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { logLineCheck } from '../../src/checks/log-line-check.ts';
import type { Reader } from '../../src/model/index.ts';
import { standingFile } from '../scripted-host.ts';
import { checkContext } from './context.ts';
import { closedPort, httpServer } from './servers.ts';

/** This machine, asked as a host is. */
const host: Reader = {
  async probe([program, ...args], { expect: expected = [0] } = {}) {
    const { status, stdout, stderr } = spawnSync(program, args);
    if (!expected.includes(status ?? -1)) throw new Error(`exit ${status}: ${stderr}`);
    return { code: status ?? -1, stdout: String(stdout), stderr: String(stderr), bytes: stdout };
  },
  file: async (path) => (existsSync(path) ? standingFile('') : { exists: false }),
};

function logFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trueup-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'access.log');
}

/** Writes the line of a request so many milliseconds after its answer. */
function logging(path: string, delay: number): Promise<string> {
  return httpServer(({ url }, response) => {
    response.writeHead(503).end();
    const timer = setTimeout(() => appendFileSync(path, `GET ${url} HTTP/1.1\n`), delay);
    onTestFinished(() => clearTimeout(timer));
  });
}

test('finds the line of its own request, whatever the status', async () => {
  const path = logFile();
  const check = logLineCheck({ path, request: await logging(path, 0) });
  expect(check.name).toBe(path);
  expect(await check.run(checkContext(host))).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/trueup-[\da-f]{16} is in /),
  });
});

test('looks again until it is there', async () => {
  const path = logFile();
  const outcome = await logLineCheck({ path, request: await logging(path, 600) }).run(checkContext(host));
  expect(outcome).toMatchObject({ ok: true });
});

test('keeps the query that the URL has', async () => {
  const path = logFile();
  const request = `${await logging(path, 0)}/page?a=b%20c`;
  expect(await logLineCheck({ path, request }).run(checkContext(host))).toMatchObject({
    detail: expect.stringMatching(/\/page\?a=b/),
  });
});

test('the line of another request is not it', async () => {
  const path = logFile();
  appendFileSync(path, 'GET /?trueup=trueup-0123456789abcdef HTTP/1.1\n');
  const url = await httpServer((_, response) => response.end());
  const outcome = await logLineCheck({ path, request: url, timeout: 0.3 }).run(checkContext(host));
  expect(outcome).toMatchObject({
    ok: false,
    detail: expect.stringMatching(`was answered, but within 0.3 s no line of it in ${path}`),
    advice: expect.stringMatching(/log service/),
  });
});

test('a missing file is called that', async () => {
  const path = logFile();
  const url = await httpServer((_, response) => response.end());
  const outcome = await logLineCheck({ path, request: url, timeout: 0.3 }).run(checkContext(host));
  expect(outcome).toMatchObject({ ok: false, detail: expect.stringContaining(`there is no ${path}`) });
});

test('a request without an answer ends it', async () => {
  const request = `http://127.0.0.1:${await closedPort()}/`;
  const outcome = await logLineCheck({ path: logFile(), request }).run(checkContext(host));
  expect(outcome).toMatchObject({ ok: false, detail: expect.stringMatching(/connection refused$/) });
});

test('a grep that fails is no answer', async () => {
  const path = logFile();
  const deaf: Reader = {
    ...host,
    probe: async () => {
      throw new Error('exit 127');
    },
  };
  const request = await logging(path, 0);
  appendFileSync(path, '');
  await expect(logLineCheck({ path, request, timeout: 0.3 }).run(checkContext(deaf))).rejects.toThrow(
    'exit 127',
  );
});
