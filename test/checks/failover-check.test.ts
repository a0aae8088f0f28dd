import { expect, test } from 'vitest';
import { failoverCheck } from '../../src/checks/failover-check.ts';
import type { CheckContext, Outcome, Reader } from '../../src/model/index.ts';
import { checkContext, inventoryHost } from './context.ts';
import { closedPort, httpServer } from './servers.ts';

const address = '192.0.2.50';
const among = [inventoryHost('lb-01'), inventoryHost('lb-02')];
const giveAway: [string, ...string[]] = ['touch', '/run/away'];
const takeBack: [string, ...string[]] = ['rm', '-f', '/run/away'];

/** Two hosts with one address; `lost`: milliseconds in which nobody answers while it goes over. */
class Pair {
  holder: string;
  readonly done: string[] = [];
  #silentUntil = 0;

  constructor(holder = 'lb-01') {
    this.holder = holder;
  }

  url(): Promise<string> {
    return httpServer((_, response) => {
      response.writeHead(performance.now() < this.#silentUntil ? 503 : 200).end();
    });
  }

  context(lost: number, taker = 'lb-02'): CheckContext {
    const own = this.#host('lb-01');
    return {
      ...checkContext(own, { 'lb-01': own, 'lb-02': this.#host('lb-02') }),
      disturb: async (command, undo) => {
        this.done.push(command.join(' '));
        this.#silentUntil = performance.now() + lost;
        this.holder = taker;
        return async () => void this.done.push(undo.join(' '));
      },
    };
  }

  #host(name: string): Reader {
    return {
      async probe() {
        const stdout = this.holds() ? `2: eth0 inet ${address}/24\n` : '';
        return { code: 0, stdout, stderr: '', bytes: Buffer.from(stdout) };
      },
      file: () => Promise.reject(new Error('not asked for files')),
      holds: () => this.holder === name,
    } as Reader & { holds(): boolean };
  }
}

function checked(url: string, context: CheckContext, within = 5): Promise<Outcome> {
  return failoverCheck({ address, among, url, giveAway, takeBack, within, settle: 1.5 }).run(context);
}

test('gives the address away and back, and tells how long nobody answered', async () => {
  const pair = new Pair();
  const outcome = await checked(await pair.url(), pair.context(400));
  expect(outcome).toMatchObject({
    ok: true,
    detail: expect.stringMatching(
      /^from lb-01 to lb-02, and given back: 0\.[4-9] s without an answer at most, \d+ of \d+ requests lost$/,
    ),
  });
  expect(pair.done).toEqual(['touch /run/away', 'rm -f /run/away']);
});

test('longer than it may be is a failure', async () => {
  const pair = new Pair();
  const outcome = await checked(await pair.url(), pair.context(600), 0.3);
  expect(outcome).toMatchObject({ ok: false, advice: expect.stringContaining('it was to be 0.3 s') });
  expect(pair.done).toHaveLength(2);
});

test('nobody who takes it is a failure, and it is given back', async () => {
  const pair = new Pair();
  const outcome = await checked(await pair.url(), pair.context(0, 'lb-01'));
  expect(outcome).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/^nobody took 192.0.2.50 from lb-01 /),
  });
  expect(pair.done).toHaveLength(2);
});

test('disturbs nothing on a host that does not hold it', async () => {
  const pair = new Pair('lb-02');
  const outcome = await checked(await pair.url(), pair.context(0));
  expect(outcome).toEqual({ ok: true, detail: 'not held here: nothing to give away' });
  expect(pair.done).toEqual([]);
});

test('disturbs nothing where nothing answers as it is', async () => {
  const pair = new Pair();
  const outcome = await checked(`http://127.0.0.1:${await closedPort()}/`, pair.context(0));
  expect(outcome).toMatchObject({ ok: false, detail: expect.stringContaining('nothing was given away') });
  expect(pair.done).toEqual([]);
});

test('is one that disturbs', () => {
  const check = failoverCheck({ address, among, url: 'http://x/', giveAway, takeBack });
  expect(check.disturbs).toBe(true);
});
