import { describe, expect, it } from 'vitest';
import { HostSession } from '../../src/engine/host-session.ts';
import {
  InterruptedError,
  LinkLostError,
  NotUpError,
  type Reader,
  type Remote,
  UnreachableError,
} from '../../src/model/index.ts';
import { readTogether } from '../../src/remote/index.ts';
import { linkLost, ToyHost } from './toy-host.ts';
import { toyContext, toyHost } from './toy-run.ts';

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
  const { signal } = interruption;
  const run = { id: 'this-run', by: 'somebody' };
  const context = { connect, readTogether, listener: () => {}, run, signal };
  return { session: new HostSession(toyHost('a'), context, patience), tried, interruption, toy };
}

const down = new NotUpError('refuses connections');

const get = ['get', 'x'] as const;

/** Looks while the link is lost so many times. */
async function lookLosing({ session: one, toy }: ReturnType<typeof session>, times: number): Promise<string> {
  let left = times;
  toy.afterCommand = () => {
    left -= 1;
    if (left >= 0) linkLost();
  };
  return one.ask(async (reader) => ((await reader.probe(get, { expect: [0, 1] })).code === 1 ? 'done' : ''));
}

it('waits for a host that was lost and is not up yet', async () => {
  const made = session([undefined, down, down]);
  const { tried } = made;
  expect(await lookLosing(made, 1)).toBe('done');
  expect(tried).toHaveLength(4);
});

it('takes up a link that is lost again, as by a host that is still on its way down; but not for ever', async () => {
  const made = session([]);
  const { tried } = made;
  expect(await lookLosing(made, 3)).toBe('done');
  expect(tried).toHaveLength(4);
  await expect(lookLosing(session([]), 9)).rejects.toBeInstanceOf(LinkLostError);
});

it('gives up a host that stays away', async () => {
  const made = session([undefined, ...Array(99).fill(down)], 1000);
  const { tried } = made;
  await expect(lookLosing(made, 1)).rejects.toBe(down);
  expect(tried.length).toBeGreaterThan(2);
  expect(tried.length).toBeLessThan(9);
});

it('does not wait for a host that was never there', async () => {
  const made = session([down]);
  const { tried } = made;
  await expect(lookLosing(made, 0)).rejects.toBe(down);
  expect(tried).toHaveLength(1);
});

it('does not try a refused login again, then or later', async () => {
  const refused = new UnreachableError('does not let root in');
  const made = session([undefined, refused]);
  const { tried } = made;
  await expect(lookLosing(made, 1)).rejects.toBe(refused);
  await expect(lookLosing(made, 0)).rejects.toBe(refused);
  expect(tried).toHaveLength(2);
});

it('stops waiting when the run is interrupted', async () => {
  const made = session([undefined, ...Array(99).fill(down)], 600_000);
  const { interruption } = made;
  const waiting = lookLosing(made, 1);
  interruption.abort();
  await expect(waiting).rejects.toBeInstanceOf(InterruptedError);
});

it('renews a link that several users have lost once, for all of them', async () => {
  const made = session([]);
  let left = 2;
  made.toy.beforeExec = () => {
    left -= 1;
    if (left >= 0) linkLost();
  };
  const look = () => made.session.ask((reader) => reader.probe(get, { expect: [0, 1] }));
  await Promise.all([look(), look()]);
  expect(made.tried).toHaveLength(2);
});

describe('the lock of the run', () => {
  const lines = ({ toy }: ReturnType<typeof session>) =>
    toy.log.map((line) => (line.includes('flock') ? 'lock' : line));
  const set = { command: ['set', 'x', '1'] as const, limit: 1 };
  const read = async (reader: Reader) => (await reader.probe(get, { expect: [0, 1] })).code;

  it('travels with the first locked look, and is then kept', async () => {
    const made = session([]);
    await made.session.read([read], { locked: true });
    await made.session.read([read], { locked: true });
    expect(lines(made)).toEqual(['lock', 'get x', 'get x']);
    expect(made.session.execs).toBe(2);
  });

  it('is not taken by looks that do not ask for it', async () => {
    const made = session([]);
    await made.session.read([read]);
    await made.session.act([set]);
    expect(lines(made)).toEqual(['get x', 'set x 1']);
  });

  it('is taken again over a new connection before anything acts', async () => {
    const made = session([]);
    await made.session.read([read], { locked: true });
    made.toy.afterCommand = () => {
      made.toy.afterCommand = () => {};
      linkLost();
    };
    await expect(made.session.act([set])).rejects.toBeInstanceOf(LinkLostError);
    await made.session.write({ path: 'x', content: Buffer.from('2'), mode: '0644', owner: 'a', group: 'a' });
    expect(lines(made)).toEqual(['lock', 'get x', 'set x 1', 'lock', 'set x 2']);
    expect(made.tried).toHaveLength(2);
  });

  it('that another run has taken meanwhile is an error, and nothing acts', async () => {
    const made = session([]);
    await made.session.read([read], { locked: true });
    made.toy.afterCommand = () => {
      made.toy.afterCommand = () => {};
      made.toy.lockedBy = 'anna@laptop, process 7';
      linkLost();
    };
    await expect(made.session.act([set])).rejects.toBeInstanceOf(LinkLostError);
    await expect(made.session.act([set])).rejects.toThrow('another run of trueup is changing this host');
    expect(lines(made)).toEqual(['lock', 'get x', 'set x 1', 'lock']);
  });
});

it('after Ctrl-C only what cleans up gets a session, and that is a new one', async () => {
  const toy = new ToyHost();
  const interruption = new AbortController();
  const { sessions } = toyContext({ toy: () => toy, signal: interruption.signal });
  const host = toyHost('a');
  const read = (reader: Reader) => reader.probe(get, { expect: [0, 1] });
  expect(sessions.forCleanup(host)).toBe(sessions.of(host));
  await sessions.of(host).ask(read);
  interruption.abort();
  await expect(sessions.of(host).ask(read)).rejects.toBeInstanceOf(InterruptedError);
  await sessions.forCleanup(host).ask(read);
  expect([toy.connections, sessions.execs(host)]).toEqual([2, 2]);
});
