import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Command, type Invocation, type Remote, shell } from '../../src/model/index.ts';
import { connect } from '../../src/remote/index.ts';
import { type Sshd, startSshd } from './sshd.ts';

let sshd: Sshd;
let remote: Remote;

beforeAll(async () => {
  sshd = await startSshd();
  remote = await connect(sshd.host, sshd.options);
});

afterAll(async () => {
  await remote?.close();
  await sshd?.stop();
});

function run(command: Command, more: Partial<Invocation> = {}): Invocation {
  return { command, limit: 20, ...more };
}

async function probe(command: Command, more: Partial<Invocation> = {}): Promise<Answer> {
  const { probes } = await remote.run({ actions: [], probes: [run(command, more)] });
  return probes[0] ?? { kind: 'skipped' };
}

function said(answer: Answer): unknown[] {
  return answer.kind === 'skipped'
    ? ['skipped']
    : [answer.kind, answer.output.code, answer.output.stdout, answer.output.stderr];
}

describe('a command', () => {
  it.each<[string, Command, code: number, stdout: string, stderr: string]>([
    ['keeps its output as it is', ['printf', ' a\\n\\n'], 0, ' a\n\n', ''],
    ['keeps both streams apart', shell('echo out; echo err >&2; exit 3'), 3, 'out\n', 'err\n'],
    ['gets its words unchanged', ['printf', '%s|', "it's", '$HOME', 'a b', ''], 0, "it's|$HOME|a b||", ''],
    ['runs as root', ['id', '-u'], 0, '0\n', ''],
    ['speaks the C locale', ['printenv', 'LC_ALL'], 0, 'C\n', ''],
    ['has the path of root', ['printenv', 'PATH'], 0, '/usr/sbin:/usr/bin:/sbin:/bin\n', ''],
    ['starts in /', ['pwd'], 0, '/\n', ''],
    ['makes files that all may read', shell('umask'), 0, '0022\n', ''],
    ['has an empty stdin', ['cat'], 0, '', ''],
    ['that is killed says so', shell('kill -KILL $$'), 137, '', 'Killed\n'],
    ['may end with the code of timeout', shell('exit 124'), 124, '', ''],
  ])('%s', async (_, command, code, stdout, stderr) => {
    expect(said(await probe(command))).toEqual(['output', code, stdout, stderr]);
  });

  it.each(['plain', "it's", '$HOME `id`', 'two\nlines', 'é', '', 'a=b', '-n'])(
    'gets variables as they are: %j',
    async (value) => {
      const answer = await probe(shell('printf "%s|" "$A_1" "$B"; cat'), {
        env: { A_1: value, B: 'b' },
        stdin: 'in',
      });
      expect(said(answer)).toEqual(['output', 0, `${value}|b|in`, '']);
    },
  );

  it('keeps its variables to itself', async () => {
    const { actions, probes } = await remote.run({
      actions: [run(['true'], { env: { LEFT_OVER: 'x' } })],
      probes: [run(['printenv', 'LEFT_OVER'])],
    });
    expect([...actions, ...probes]).toMatchObject([
      { output: { code: 0 } },
      { output: { code: 1, stdout: '' } },
    ]);
  });

  it('shows neither its stdin nor its variables in the list of processes', async () => {
    const canary = 'run.test-canary';
    const everyCommandLine = `cat /proc/[0-9]*/cmdline | tr '\\0' ' '`;
    const answer = await probe(shell(`${everyCommandLine}; echo "$SECRET"`), {
      env: { SECRET: canary },
      stdin: canary,
    });
    const [, , listed] = said(answer);
    expect(listed).toMatch(/timeout -k 10 20 sh -c/);
    expect(String(listed).split(canary).length - 1).toBe(1);
  });

  it('that is missing ends with 127', async () => {
    expect(await probe(['no-such-tool'])).toMatchObject({ kind: 'output', output: { code: 127 } });
  });

  it('may print any byte, also one that is cut in two on the wire', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const all = Buffer.concat(Array.from({ length: 1000 }, () => bytes));
    const answer = await probe(['cat'], { stdin: all });
    expect(answer.kind === 'output' && answer.output.bytes.equals(all)).toBe(true);
    const umlauts = 'ä'.repeat(100_001);
    expect(said(await probe(['cat'], { stdin: umlauts }))).toEqual(['output', 0, umlauts, '']);
  });

  it.each(["it's", '', '\n', 'no end of line', '%s \\n $x `y`', '\u0000\n', '-n'])(
    'gets %j on stdin',
    async (text) => {
      expect(said(await probe(['cat'], { stdin: text }))).toEqual(['output', 0, text, '']);
    },
  );

  it('need not read its stdin', async () => {
    expect(said(await probe(['true'], { stdin: 'x'.repeat(300_000) }))).toEqual(['output', 0, '', '']);
  });

  it.each<[string, string]>([
    ['politely', 'echo begun; sleep 60'],
    ['with a trap that says all is well', 'trap "exit 0" TERM; echo begun; sleep 60 & wait'],
  ])('is killed at its limit: %s', async (_, script) => {
    const answer = await probe(shell(script), { limit: 0.3 });
    expect(answer).toMatchObject({ kind: 'timeout', output: { stdout: 'begun\n' } });
  });

  it('may leave a child behind that keeps its stdout, and still answers', async () => {
    const begun = Date.now();
    expect(said(await probe(shell('sleep 60 & echo done')))).toEqual(['output', 0, 'done\n', '']);
    expect(Date.now() - begun).toBeLessThan(10_000);
  });
});

describe('a batch', () => {
  it('is one exec', async () => {
    const before = remote.execs;
    await remote.run({ actions: [run(['true'])], probes: [run(['true']), run(['id'])] });
    expect(remote.execs - before).toBe(1);
  });

  it('ends its actions at the first that fails, but runs the probes', async () => {
    const answers = await remote.run({
      actions: [run(['echo', '1']), run(['false']), run(['echo', '3']), run(['echo', '4'])],
      probes: [run(['echo', 'p']), run(['false']), run(['echo', 'q'])],
    });
    expect(answers.actions.map(said)).toEqual([
      ['output', 0, '1\n', ''],
      ['output', 1, '', ''],
      ['skipped'],
      ['skipped'],
    ]);
    expect(answers.probes.map(said)).toEqual([
      ['output', 0, 'p\n', ''],
      ['output', 1, '', ''],
      ['output', 0, 'q\n', ''],
    ]);
  });

  it('ends its actions at one that was killed at its limit', async () => {
    const { actions } = await remote.run({
      actions: [run(['sleep', '60'], { limit: 0.2 }), run(['true'])],
      probes: [],
    });
    expect(actions.map(({ kind }) => kind)).toEqual(['timeout', 'skipped']);
  });

  it('may be empty', async () => {
    expect(await remote.run({ actions: [], probes: [] })).toEqual({ actions: [], probes: [] });
  });

  it('may be large', async () => {
    const probes = Array.from({ length: 150 }, (_, index) => run(['echo', `${index}`.padEnd(3000, '.')]));
    const answers = await remote.run({ actions: [], probes });
    expect(answers.probes.map((answer) => Number.parseInt(String(said(answer)[2]), 10))).toEqual(
      probes.map((_, i) => i),
    );
  });
});

describe('many batches at a time', () => {
  it('share the connection, more than sshd has sessions', async () => {
    const batches = Array.from({ length: 40 }, (_, index) => probe(['echo', String(index)]));
    const answers = await Promise.all(batches);
    expect(answers.map((answer) => said(answer)[2])).toEqual(batches.map((_, index) => `${index}\n`));
  });
});
