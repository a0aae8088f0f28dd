import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LinkLostError, type Remote, shell } from '../../src/model/index.ts';
import { connect } from '../../src/remote/index.ts';
import { type Sshd, startSshd } from './sshd.ts';

let sshd: Sshd;
let remote: Remote;
let mark: string;
let count = 0;

beforeAll(async () => {
  sshd = await startSshd();
});

beforeEach(async () => {
  count += 1;
  mark = join(sshd.dir, `mark-${count}`);
  remote = await connect(sshd.host, sshd.options);
});

afterAll(() => sshd?.stop());

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

/** What still runs on the host with the mark of this test among its words. */
async function survivors(): Promise<string[]> {
  const other = await connect(sshd.host, sshd.options);
  const { probes } = await other.run({
    actions: [],
    probes: [{ command: ['ps', '-eo', 'args='], limit: 5 }],
  });
  await other.close();
  const lines = probes[0]?.kind === 'output' ? probes[0].output.stdout.split('\n') : [];
  return lines.filter((line) => line.includes(mark));
}

describe('closing', () => {
  it.each<[string, string]>([
    ['a command', '>"$1"; exec sleep 60'],
    ['a command with children', '>"$1"; sleep 60 & (sleep 60; :) & sleep 60; :'],
    ['a command that does not want to', 'trap "" TERM; >"$1"; while :; do sleep 1; done'],
  ])('ends %s that still runs, and what would have come after it', async (_, script) => {
    const actions = [
      { command: shell(script, mark), limit: 60 },
      { command: shell('>"$1"-next', mark), limit: 60 },
    ];
    const running = expect(remote.run({ actions, probes: [] })).rejects.toBeInstanceOf(LinkLostError);
    await until(() => existsSync(mark));
    await remote.close();
    await running;
    expect(await survivors()).toEqual([]);
    expect(existsSync(`${mark}-next`)).toBe(false);
  });

  it('ends all that runs side by side', async () => {
    const running = ['a', 'b', 'c', 'd'].map((letter) =>
      expect(
        remote.run({
          actions: [],
          probes: [{ command: shell('>"$1"; sleep 60; :', mark + letter), limit: 60 }],
        }),
      ).rejects.toBeInstanceOf(LinkLostError),
    );
    await until(() => ['a', 'b', 'c', 'd'].every((letter) => existsSync(mark + letter)));
    await remote.close();
    await Promise.all(running);
    expect(await survivors()).toEqual([]);
  });

  it('in the middle of a write leaves nothing of it', async () => {
    const validate = shell('>"$1"; sleep 60; :', mark);
    const content = Buffer.from('new');
    const path = join(sshd.dir, 'written');
    const writing = remote.write({ path, content, mode: '0644', owner: 'root', group: 'root', validate });
    const failed = expect(writing).rejects.toBeInstanceOf(LinkLostError);
    await until(() => existsSync(mark));
    await remote.close();
    await failed;
    expect(readdirSync(sshd.dir).filter((name) => name.includes('trueup') || name === 'written')).toEqual([]);
    expect(await survivors()).toEqual([]);
  });

  it('leaves alone what is not of this connection', async () => {
    const other = await connect(sshd.host, sshd.options);
    const command = shell('>"$1"; while [ ! -e "$1"-go ]; do sleep 0.05; done; echo done', mark);
    const answer = other.run({ actions: [], probes: [{ command, limit: 20 }] });
    await until(() => existsSync(mark));
    const ended = expect(
      remote.run({ actions: [], probes: [{ command: shell('>"$1"-go-not; sleep 60; :', mark), limit: 60 }] }),
    ).rejects.toBeInstanceOf(LinkLostError);
    await until(() => existsSync(`${mark}-go-not`));
    await remote.close();
    await ended;
    await connect(sshd.host, sshd.options).then(async (third) => {
      await third.run({ actions: [{ command: ['touch', `${mark}-go`], limit: 5 }], probes: [] });
      await third.close();
    });
    expect(await answer).toMatchObject({ probes: [{ output: { stdout: 'done\n' } }] });
    await other.close();
  });

  it('twice is closing once', async () => {
    await remote.close();
    await remote.close();
    await expect(remote.run({ actions: [], probes: [] })).rejects.toBeInstanceOf(LinkLostError);
  });
});

describe('the test of a second connection', () => {
  it('passes while one can be had, and fails when not', async () => {
    const before = remote.execs;
    await remote.reconnectTest();
    expect(remote.execs - before).toBe(1);
    const allowed = join(sshd.dir, 'id.pub');
    await remote.run({ actions: [{ command: ['mv', allowed, `${allowed}.away`], limit: 5 }], probes: [] });
    await expect(remote.reconnectTest()).rejects.toThrow('does not let root in');
    const back = await remote.run({
      actions: [{ command: ['mv', `${allowed}.away`, allowed], limit: 5 }],
      probes: [],
    });
    expect(back).toMatchObject({ actions: [{ output: { code: 0 } }] });
    await remote.reconnectTest();
    await remote.close();
  });
});
