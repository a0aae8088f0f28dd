import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { LinkLostError, ProbeError, type Remote, TrueupError } from '../../src/model/index.ts';
import { connect } from '../../src/remote/index.ts';
import { type Asked, type LyingServer, startLyingServer } from './lying-server.ts';

let server: LyingServer | undefined;
let remote: Remote | undefined;

afterEach(async () => {
  await remote?.close();
  await server?.stop();
});

/** What becomes of two probes on a host that answers so. */
async function ask(answer: (asked: Asked) => void): Promise<unknown> {
  server = await startLyingServer(answer);
  remote = await connect(server.host, server.options);
  const invocation = (word: string) => ({ command: ['echo', word] as const, limit: 5 });
  return remote.run({ actions: [], probes: ['one', 'two'].map(invocation) }).catch((error: unknown) => error);
}

/** Marks as our script prints them, on both streams. */
async function marks({ channel, nonce }: Asked, ...words: string[]): Promise<void> {
  const start = await nonce;
  for (const each of words) {
    channel.write(`\n${start} ${each}\n`);
    channel.stderr.write(`\n${start} ${each.split(' ')[0]}\n`);
  }
}

/** Writes as fast as it is read, until the other side has closed. */
function flood(stream: NodeJS.WritableStream, channel: Asked['channel']): void {
  const chunk = Buffer.alloc(32_768, 'x');
  const more = () => {
    while (!channel.destroyed && stream.write(chunk));
  };
  stream.on('drain', more);
  channel.on('close', () => stream.off('drain', more));
  more();
}

describe('a host that', () => {
  it('answers as it should is believed', async () => {
    const answers = await ask(async (asked) => {
      await marks(asked, 'begin 7 7', '0 1.00 1.01', '0 1.01 1.02', 'end');
      asked.channel.exit(0);
      asked.channel.end();
    });
    expect(answers).toMatchObject({ probes: [{ kind: 'output' }, { kind: 'output' }] });
  });

  it.each<[string, string[]]>([
    ['too few answers', ['begin 7 7', '0 1 1', 'end']],
    ['too many answers', ['begin 7 7', '0 1 1', '0 1 1', '0 1 1', 'end']],
    ['no answers', ['begin 7 7', 'end']],
    ['an exit code that is none', ['begin 7 7', 'zero 1 1', '0 1 1', 'end']],
    ['an exit code out of range', ['begin 7 7', '-1 1 1', '0 1 1', 'end']],
    ['a time that is none', ['begin 7 7', '0 then now', '0 1 1', 'end']],
  ])('sends %s: it fails by itself, and that is no bug', async (_, words) => {
    const error = await ask(async (asked) => {
      await marks(asked, ...words);
      asked.channel.exit(0);
      asked.channel.end();
    });
    expect(error).toBeInstanceOf(ProbeError);
    expect((error as Error).message).toMatch(/the host answered/);
  });

  it('puts a command in the place of a process: it does not get into our next script', async () => {
    const scripts: string[] = [];
    const running = ask(async (asked) => {
      void asked.script.then((script) => scripts.push(script));
      await marks(asked, 'begin 7;reboot 7;reboot');
    });
    while (scripts.length === 0) await sleep(10);
    await remote?.close();
    expect(await running).toBeInstanceOf(TrueupError);
    expect(scripts.join()).not.toContain('reboot');
  });

  it('prints without end is ended, and costs no more than its share', async () => {
    const before = process.memoryUsage().rss;
    const error = await ask(async (asked) => {
      await marks(asked, 'begin 7 7', '0 1 1');
      flood(asked.channel, asked.channel);
    });
    const peak = process.resourceUsage().maxRSS * 1024 - before;
    expect(error).toBeInstanceOf(ProbeError);
    expect((error as TrueupError).message).toMatch(/`echo two` printed more than 32 MiB, and was ended$/);
    expect(peak).toBeLessThan(400 * 1024 * 1024);
  });

  it('prints errors without end is ended', async () => {
    const error = await ask(async (asked) => {
      await marks(asked, 'begin 7 7');
      flood(asked.channel.stderr, asked.channel);
    });
    expect((error as Error).message).toContain('`echo one` printed more than 32 MiB');
  });

  it('prints without end before anything of ours runs is ended', async () => {
    const error = await ask(({ channel }) => flood(channel, channel));
    expect((error as Error).message).toContain('the login shell of root printed more than 32 MiB');
  });

  it('prints marks without end is ended', async () => {
    const error = await ask(async (asked) => {
      const start = await asked.nonce;
      flood(asked.channel, asked.channel);
      asked.channel.write(`\n${start} begin 7 7\n`);
      asked.channel.write(`\n${start} 0 1 1\n`.repeat(100_000));
    });
    expect((error as Error).message).toContain('printed more than 32 MiB');
  });

  it('ends a script at once has not run it', async () => {
    const error = await ask(({ channel }) => {
      channel.exit(0);
      channel.end();
    });
    expect(error).toBeInstanceOf(TrueupError);
    expect((error as Error).message).toContain('did not run a script as root');
  });

  it('stops in the middle of an answer gives none', async () => {
    const error = await ask(async (asked) => {
      await marks(asked, 'begin 7 7', '0 1 1');
      asked.channel.exit(0);
      asked.channel.end();
    });
    expect(error).toBeInstanceOf(LinkLostError);
  });
});
