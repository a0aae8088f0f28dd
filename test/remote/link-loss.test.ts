import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Batch, LinkLostError, type Remote, shell } from '../../src/model/index.ts';
import { connect } from '../../src/remote/index.ts';
import { startProxy, type Wire } from './proxy.ts';
import { type Sshd, startSshd } from './sshd.ts';

let sshd: Sshd;
let proxy: Wire;
let remote: Remote;

beforeAll(async () => {
  sshd = await startSshd();
});

afterEach(async () => {
  await remote?.close();
  await proxy?.stop();
});

afterAll(() => sshd?.stop());

async function connectThroughProxy(keepalive = 10): Promise<void> {
  proxy = await startProxy(sshd.port);
  const options = { ...sshd.options, hostKeys: 'accept-new', keepalive };
  remote = await connect({ ...sshd.host, port: proxy.port, hostKeys: 'accept-new' }, options);
}

async function lossOf(batch: Partial<Batch>): Promise<unknown> {
  return remote.run({ actions: [], probes: [], ...batch }).catch((error: unknown) => error);
}

/** Waits until the condition holds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

describe('a connection that ends', () => {
  it('in the middle of a command is no answer', async () => {
    await connectThroughProxy();
    const begun = join(sshd.dir, 'begun');
    const loss = lossOf({ probes: [{ command: shell(`>${begun}; sleep 30`), limit: 60 }] });
    await until(() => existsSync(begun));
    proxy.cutAfter(0);
    const error = await loss;
    expect(error).toBeInstanceOf(LinkLostError);
    expect((error as LinkLostError).message).toContain(
      `test-host (127.0.0.1:${proxy.port}): the connection ended`,
    );
  });

  it('while idle is noticed by the next command, and ends nothing else', async () => {
    await connectThroughProxy();
    proxy.cutAfter(0);
    expect(await lossOf({ probes: [{ command: ['true'], limit: 5 }] })).toBeInstanceOf(LinkLostError);
    expect(await lossOf({ probes: [{ command: ['true'], limit: 5 }] })).toBeInstanceOf(LinkLostError);
  });

  it('by silence is noticed too', async () => {
    await connectThroughProxy(0.1);
    proxy.freeze();
    const error = await lossOf({ probes: [{ command: ['true'], limit: 5 }] });
    expect(error).toBeInstanceOf(LinkLostError);
    expect((error as LinkLostError).message).toContain('Keepalive timeout');
  });

  it('by silence can be closed', async () => {
    await connectThroughProxy();
    proxy.freeze();
    const begun = Date.now();
    await remote.close();
    expect(Date.now() - begun).toBeLessThan(4000);
  });

  it('from the other side, as sshd is killed, is no answer', async () => {
    await connectThroughProxy();
    const command = shell('kill -KILL $(ps -o ppid= -p $(ps -o sid= -p $$)); sleep 30');
    expect(await lossOf({ actions: [{ command, limit: 60 }] })).toBeInstanceOf(LinkLostError);
  });
});

describe('a script that arrives in part', () => {
  it('runs in no part, wherever it is cut', async () => {
    const mark = join(sshd.dir, 'ran');
    const marking = Array.from({ length: 40 }, (_, index) => ({
      command: shell(`>${mark}-${index} # ${'x'.repeat(2000)}`),
      limit: 5,
    }));
    await connectThroughProxy();
    const before = proxy.sent;
    await remote.run({
      actions: [],
      probes: marking.map((probe) => ({ ...probe, command: shell(`# ${probe.command[2]}`) })),
    });
    const whole = proxy.sent - before;
    for (const part of [0.1, 0.3, 0.5, 0.7, 0.9, 0.97]) {
      await connectThroughProxy();
      proxy.cutAfter(proxy.sent + Math.floor(whole * part));
      expect(await lossOf({ actions: marking })).toBeInstanceOf(LinkLostError);
    }
    await connectThroughProxy();
    const { probes } = await remote.run({
      actions: [],
      probes: [{ command: shell(`ls ${mark}-* | wc -l`), limit: 5 }],
    });
    expect(probes[0]).toMatchObject({ output: { stdout: '0\n' } });
    expect(whole).toBeGreaterThan(80_000);
  });
});
