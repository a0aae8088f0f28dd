import { expect, it } from 'vitest';
import { Session } from '../../../src/engine/session/session.ts';
import {
  type Host,
  InterruptedError,
  LinkLostError,
  NotUpError,
  type Remote,
  UnreachableError,
} from '../../../src/model/index.ts';
import { linkLost, ToyHost } from '../toy-host.ts';

const host: Host = {
  name: 'a',
  address: 'a',
  port: 22,
  user: 'root',
  hostKeys: 'strict',
  groups: [],
  vars: {},
};

/** Connects where the next of these answers is undefined, else fails with it; at their end it always connects. */
function session(answers: readonly (Error | undefined)[], patience?: number) {
  const toy = new ToyHost();
  const interruption = new AbortController();
  const left = [...answers];
  const tried: (Error | undefined)[] = [];
  const connect = async (): Promise<Remote> => {
    const answer = left.shift();
    tried.push(answer);
    if (answer) throw answer;
    return toy.connect();
  };
  return { session: new Session(host, connect, interruption.signal, patience), tried, interruption };
}

const down = new NotUpError('refuses connections');

/** Loses the link so many times. */
function losing(times: number): () => Promise<string> {
  let left = times;
  return async () => {
    left -= 1;
    return left >= 0 ? linkLost() : 'done';
  };
}

it('waits for a host that was lost and is not up yet', async () => {
  const { session: one, tried } = session([undefined, down, down]);
  expect(await one.again(losing(1))).toBe('done');
  expect(tried).toHaveLength(4);
});

it('takes up a link that is lost again, as by a host that is still on its way down; but not for ever', async () => {
  const { session: one, tried } = session([]);
  expect(await one.again(losing(3))).toBe('done');
  expect(tried).toHaveLength(4);
  await expect(session([]).session.again(losing(9))).rejects.toBeInstanceOf(LinkLostError);
});

it('gives up a host that stays away', async () => {
  const { session: one, tried } = session([undefined, ...Array(99).fill(down)], 1000);
  await expect(one.again(losing(1))).rejects.toBe(down);
  expect(tried.length).toBeGreaterThan(2);
  expect(tried.length).toBeLessThan(9);
});

it('does not wait for a host that was never there', async () => {
  const { session: one, tried } = session([down]);
  await expect(one.again(losing(0))).rejects.toBe(down);
  expect(tried).toHaveLength(1);
});

it('does not try a refused login again, then or later', async () => {
  const refused = new UnreachableError('does not let root in');
  const { session: one, tried } = session([undefined, refused]);
  await expect(one.again(losing(1))).rejects.toBe(refused);
  await expect(one.again(losing(0))).rejects.toBe(refused);
  expect(tried).toHaveLength(2);
});

it('stops waiting when the run is interrupted', async () => {
  const { session: one, interruption } = session([undefined, ...Array(99).fill(down)], 600_000);
  const waiting = one.again(losing(1));
  interruption.abort();
  await expect(waiting).rejects.toBeInstanceOf(InterruptedError);
});
