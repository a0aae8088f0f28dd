import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type Job, LinkLostError, type Remote, shell } from '../../src/model/index.ts';
import { connect } from '../../src/remote/index.ts';
import { startProxy, type Wire } from './proxy.ts';
import { type Sshd, startSshd } from './sshd.ts';

let sshd: Sshd;
let wire: Wire;
let remote: Remote;
let log: string;
let count = 0;

beforeAll(async () => {
  sshd = await startSshd();
});

beforeEach(async () => {
  count += 1;
  log = join(sshd.dir, `log-${count}`);
  writeFileSync(log, '');
  await reconnect();
});

afterEach(async () => {
  await remote?.close();
  await wire?.stop();
});

afterAll(() => sshd?.stop());

async function reconnect(): Promise<void> {
  wire = await startProxy(sshd.port);
  remote = await connect({ ...sshd.host, port: wire.port, hostKeys: 'accept-new' }, sshd.options);
}

/** Begins to be heard of in the log, waits for a file to appear, and ends. */
function job(go: string): ReturnType<typeof shell> {
  return shell(
    'echo begun >>"$1"; while [ ! -e "$2" ]; do sleep 0.02; done; echo out; echo err >&2; exit 3',
    log,
    go,
  );
}

function named(name: string, run = 'this-run'): Job {
  return { name, run };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

async function jobs(): Promise<string> {
  const { probes } = await remote.run({
    actions: [],
    probes: [{ command: ['ls', '-A', '/run/trueup/jobs'], limit: 5 }],
  });
  return probes[0]?.kind === 'output' ? probes[0].output.stdout : 'no answer';
}

const ended: Answer = {
  kind: 'output',
  output: { code: 3, stdout: 'out\n', stderr: 'err\n', bytes: Buffer.from('out\n') },
};

describe('a detached job', () => {
  it('answers as any command does, in one exec, and is forgotten then', async () => {
    const before = remote.execs;
    const go = join(sshd.dir, 'id');
    expect(await remote.runDetached(named('plain'), { command: job(go), limit: 20 })).toMatchObject(ended);
    expect(remote.execs - before).toBe(1);
    expect(await jobs()).toBe('');
  });

  it('gets its variables, which the list of processes does not show', async () => {
    const answer = await remote.runDetached(named('env'), {
      command: shell(`cat /proc/[0-9]*/cmdline | tr '\\0' ' '; echo "$SECRET"`),
      env: { SECRET: 'run-detached.test-canary' },
      limit: 20,
    });
    const listed = answer.kind === 'output' ? answer.output.stdout : '';
    expect(listed).toMatch(/timeout -k 10 20 sh -c/);
    expect(listed.split('run-detached.test-canary').length - 1).toBe(1);
  });

  it('gets its stdin, its limit, and the folder is for root alone', async () => {
    const secret = 'a\0b';
    const answer = await remote.runDetached(named('stdin'), {
      command: shell('od -c; stat -c %a /run/trueup/jobs /run/trueup/jobs/stdin'),
      stdin: secret,
      limit: 20,
    });
    expect(answer).toMatchObject({ kind: 'output', output: { code: 0 } });
    expect(answer.kind !== 'skipped' && answer.output.stdout).toMatch(/a {2}\\0 {3}b\n.*\n700\n700\n/);
    expect(await remote.runDetached(named('slow'), { command: ['sleep', '60'], limit: 0.3 })).toMatchObject({
      kind: 'timeout',
    });
    expect(await jobs()).toBe('');
  });

  it('removes what killed jobs have left for a day, and nothing else', async () => {
    const prepare =
      shell(`mkdir -p -m 700 /run/trueup /run/trueup/jobs && cd /run/trueup/jobs && mkdir dead held fresh
      touch dead/lock held/lock fresh/lock && touch -d '2 days ago' dead held
      setsid sh -c 'echo $$ >fresh/pid; exec flock held/lock sleep 60' </dev/null >/dev/null 2>&1 &
      until ! flock -n held/lock true; do sleep 0.05; done`);
    const { probes } = await remote.run({ actions: [], probes: [{ command: prepare, limit: 10 }] });
    expect(probes[0]).toMatchObject({ output: { code: 0 } });
    await remote.runDetached(named('other'), { command: ['true'], limit: 5 });
    expect(await jobs()).toBe('fresh\nheld\n');
    const clean = shell('cd /run/trueup/jobs && kill -- -"$(cat fresh/pid)" && rm -r fresh held');
    const { probes: cleaned } = await remote.run({
      actions: [],
      probes: [{ command: clean, limit: 5 }],
    });
    expect(cleaned[0]).toMatchObject({ output: { code: 0 } });
  });

  it('that is missing ends with 127', async () => {
    const answer = await remote.runDetached(named('missing'), { command: ['no-such-tool'], limit: 5 });
    expect(answer).toMatchObject({ kind: 'output', output: { code: 127 } });
  });

  it('outlives the link, and its answer is had over a new one', async () => {
    const go = join(sshd.dir, `go-${count}`);
    const first = remote.runDetached(named('outlives'), { command: job(go), limit: 20 });
    const lost = expect(first).rejects.toBeInstanceOf(LinkLostError);
    await until(() => readFileSync(log, 'utf8') !== '');
    wire.cutAfter(0);
    await lost;
    await reconnect();
    const second = remote.runDetached(named('outlives'), { command: job(go), limit: 20 });
    writeFileSync(go, '');
    expect(await second).toMatchObject(ended);
    expect(readFileSync(log, 'utf8')).toBe('begun\n');
    expect(await jobs()).toBe('');
  });

  it('keeps its answer when it ended without us', async () => {
    const go = join(sshd.dir, `go-${count}`);
    const first = remote.runDetached(named('ended'), { command: job(go), limit: 20 });
    const lost = expect(first).rejects.toBeInstanceOf(LinkLostError);
    await until(() => readFileSync(log, 'utf8') !== '');
    wire.cutAfter(0);
    await lost;
    writeFileSync(go, '');
    await reconnect();
    while (!(await jobFiles('ended')).includes('answer\n')) await sleep(20);
    expect(await remote.runDetached(named('ended'), { command: job(go), limit: 20 })).toMatchObject(ended);
    expect(readFileSync(log, 'utf8')).toBe('begun\n');
  });

  it('keeps an answer that got lost on the way', async () => {
    const go = join(sshd.dir, `go-${count}`);
    const lostWire = wire;
    const first = remote.runDetached(named('on-the-way'), { command: job(go), limit: 20 });
    const lost = expect(first).rejects.toBeInstanceOf(LinkLostError);
    await until(() => readFileSync(log, 'utf8') !== '');
    wire.freeze();
    await reconnect();
    writeFileSync(go, '');
    while ((await waiting()) > 0) await sleep(20);
    lostWire.cutAfter(0);
    await lost;
    expect(await remote.runDetached(named('on-the-way'), { command: job(go), limit: 20 })).toMatchObject(
      ended,
    );
    expect(readFileSync(log, 'utf8')).toBe('begun\n');
    await lostWire.stop();
  });

  it('started twice at a time runs once', async () => {
    const go = join(sshd.dir, `go-${count}`);
    const both = [1, 2, 3].map(() => remote.runDetached(named('twice'), { command: job(go), limit: 20 }));
    while ((await waiting()) < both.length) await sleep(20);
    writeFileSync(go, '');
    expect(await Promise.all(both)).toMatchObject([ended, ended, ended]);
    expect(readFileSync(log, 'utf8')).toBe('begun\n');
  });

  it('that is killed from outside is not taken for done', async () => {
    const go = join(sshd.dir, 'never');
    const first = remote.runDetached(named('killed'), { command: job(go), limit: 20 });
    await until(() => readFileSync(log, 'utf8') !== '');
    const runner = ['pkill', '-KILL', '-f', 'trueup-job /run/trueup/jobs/killed 20 sh'] as const;
    await remote.run({ actions: [{ command: runner, limit: 5 }], probes: [] });
    const answer = await first;
    expect(answer).toMatchObject({ kind: 'output', output: { code: 137 } });
    expect(answer.kind !== 'skipped' && answer.output.stderr).toContain(
      'killed on the host before it had ended',
    );
  });

  it('is not started again by another run that wants the same while it goes on', async () => {
    const go = join(sshd.dir, `go-${count}`);
    const first = remote
      .runDetached(named('joined', 'first'), { command: job(go), limit: 20 })
      .catch(() => {});
    await until(() => readFileSync(log, 'utf8') !== '');
    await remote.close();
    await first;
    await reconnect();
    const second = remote.runDetached(named('joined', 'second'), { command: job(go), limit: 20 });
    while ((await waiting()) < 1) await sleep(20);
    writeFileSync(go, '');
    expect(await second).toMatchObject(ended);
    expect(readFileSync(log, 'utf8')).toBe('begun\n');
  });

  it('leaves no answer for a run that comes after its end: that one does the work anew', async () => {
    const go = join(sshd.dir, `go-${count}`);
    const first = remote
      .runDetached(named('stale', 'first'), { command: job(go), limit: 20 })
      .catch(() => {});
    await until(() => readFileSync(log, 'utf8') !== '');
    await remote.close();
    await first;
    writeFileSync(go, '');
    await reconnect();
    while (!(await jobFiles('stale')).includes('answer\n')) await sleep(20);
    expect(await remote.runDetached(named('stale', 'second'), { command: job(go), limit: 20 })).toMatchObject(
      ended,
    );
    expect(readFileSync(log, 'utf8')).toBe('begun\nbegun\n');
    expect(await jobs()).toBe('');
  });

  it('says its latest whole line while it runs, of its progress if it has one', async () => {
    const go = join(sshd.dir, `go-${count}`);
    const heard: string[] = [];
    const script =
      'echo "one ü" ; printf "half"; while [ ! -e "$1-1" ]; do sleep 0.02; done; echo; echo two >"$TRUEUP_PROGRESS"; while [ ! -e "$1-2" ]; do sleep 0.02; done';
    const running = remote.runDetached(
      { ...named('says'), said: (line) => heard.push(line) },
      { command: shell(script, go), limit: 20 },
    );
    await until(() => heard.length > 0);
    expect(heard).toEqual(['one ü']);
    writeFileSync(`${go}-1`, '');
    await until(() => heard.includes('two'));
    writeFileSync(`${go}-2`, '');
    expect(await running).toMatchObject({ output: { code: 0, stdout: 'one ü\nhalf\n', stderr: '' } });
    expect(heard.at(-1)).toBe('two');
  });

  it('goes on when the connection is closed', async () => {
    const go = join(sshd.dir, `go-${count}`);
    const first = remote.runDetached(named('goes-on'), { command: job(go), limit: 20 }).catch(() => {});
    await until(() => readFileSync(log, 'utf8') !== '');
    await remote.close();
    await first;
    writeFileSync(go, '');
    await reconnect();
    expect(await remote.runDetached(named('goes-on'), { command: job(go), limit: 20 })).toMatchObject(ended);
    expect(readFileSync(log, 'utf8')).toBe('begun\n');
  });

  it.each(['', '.', '..', 'a/b', '.hidden', 'a b', '$x'])('cannot have %j for a name', async (name) => {
    await expect(remote.runDetached(named(name), { command: ['true'], limit: 5 })).rejects.toThrow(
      RangeError,
    );
  });
});

/** How many wait for a job. */
async function waiting(): Promise<number> {
  const { probes } = await remote.run({
    actions: [],
    probes: [{ command: ['pgrep', '-c', '-x', 'flock'], limit: 5 }],
  });
  return probes[0]?.kind === 'output' ? Number(probes[0].output.stdout) : 0;
}

async function jobFiles(name: string): Promise<string> {
  const command = ['ls', '-A', `/run/trueup/jobs/${name}`] as const;
  const { probes } = await remote.run({ actions: [], probes: [{ command, limit: 5 }] });
  return probes[0]?.kind === 'output' ? probes[0].output.stdout : '';
}
