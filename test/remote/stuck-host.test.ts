import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Invocation, ProbeError, type Remote, shell, UnreachableError } from '../../src/model/index.ts';
import { connect } from '../../src/remote/index.ts';
import { type Sshd, startSshd } from './sshd.ts';

let sshd: Sshd;
let remote: Remote;

beforeAll(async () => {
  sshd = await startSshd();
});
afterEach(async () => {
  vi.useRealTimers();
  await remote?.close();
});
afterAll(() => sshd?.stop());

async function ask(command: Invocation['command'], limit = 20): Promise<unknown> {
  return remote.run({ actions: [], probes: [{ command, limit }] }).catch((error: unknown) => error);
}

/** How many processes on the host have this in their command line. */
async function count(words: string): Promise<string> {
  const other = await connect(sshd.host, sshd.options);
  const command = shell(`grep -la "$1" /proc/[0-9]*/cmdline 2>/dev/null | wc -l`, words);
  const { probes } = await other.run({ actions: [], probes: [{ command, limit: 20 }] });
  await other.close();
  return probes[0]?.kind === 'output' ? probes[0].output.stdout.trim() : 'no answer';
}

describe('a real host', () => {
  it('on which a probe prints /dev/zero is ended there, and serves on over the same connection', async () => {
    remote = await connect(sshd.host, sshd.options);
    const error = await ask(['cat', '/dev/zero']);
    expect(error).toBeInstanceOf(ProbeError);
    expect((error as Error).message).toContain('the command `cat /dev/zero` printed more than 32 MiB');
    expect(await ask(['echo', 'still here'])).toMatchObject({
      probes: [{ output: { stdout: 'still here\n' } }],
    });
    expect(await count('/dev/[z]ero')).toBe('0');
  });

  it('may print much while it acts: the ends of that are kept', async () => {
    remote = await connect(sshd.host, sshd.options);
    const command = shell("echo first; head -c 50000000 /dev/zero | tr '\\0' x; echo; echo last");
    const { actions } = await remote.run({ actions: [{ command, limit: 60 }], probes: [] });
    const said = actions[0]?.kind === 'output' ? actions[0].output.stdout : 'no answer';
    expect(said).toMatch(/^first\nx+\n… \d+ bytes left out …\nx+\nlast\n$/);
    expect(said.length).toBeLessThan(2_000_000);
  });

  it('whose timeout(1) is stopped is given up at our own deadline, and cleaned', async () => {
    remote = await connect(sshd.host, sshd.options);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const stopped = ask(shell('kill -STOP $PPID; echo begun >&2; exec sleep 4711'), 1);
    const error = await until(stopped);
    vi.useRealTimers();
    expect(error).toBeInstanceOf(UnreachableError);
    expect((error as Error).message).toContain('neither ended nor was ended at its limit');
    await vi.waitUntil(async () => (await count('47[1]1')) === '0', { timeout: 10_000, interval: 100 });
  });
});

/** Lets a second pass at a time, as far as the laptop's own timers go, until it is settled. */
async function until<T>(work: Promise<T>): Promise<T> {
  let settled = false;
  void work.finally(() => {
    settled = true;
  });
  while (!settled) {
    await sleep(5);
    await vi.advanceTimersByTimeAsync(100);
  }
  return work;
}
