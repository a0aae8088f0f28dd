import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { LinkLostError, type Remote, shell, UnreachableError } from '../../src/model/index.ts';
import { connect } from '../../src/remote/index.ts';
import { refusal } from './attempt.ts';
import { type Sshd, startSshd } from './sshd.ts';

const servers: Sshd[] = [];
afterAll(() => Promise.all(servers.map((sshd) => sshd.stop())));

async function allowing(sessions: number): Promise<Sshd> {
  const sshd = await startSshd({ config: [`MaxSessions ${sessions}`] });
  servers.push(sshd);
  return sshd;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

function ask(remote: Remote, script: string, ...args: string[]) {
  return remote.run({ actions: [], probes: [{ command: shell(script, ...args), limit: 60 }] });
}

describe.each([2, 1])('an sshd with MaxSessions %i', (sessions) => {
  it('answers all that is asked side by side, each once, however long the others take', async () => {
    const sshd = await allowing(sessions);
    const remote = await connect(sshd.host, sshd.options);
    const log = join(sshd.dir, 'asked');
    const go = join(sshd.dir, 'go');
    const numbers = Array.from({ length: 9 }, (_, index) => `${index}`);
    const script = 'echo "$1" >>"$2"; while [ ! -e "$3" ]; do sleep 0.05; done; echo "$1"';
    const answers = numbers.map((number) => ask(remote, script, number, log, go));
    const refused = () =>
      (readFileSync(join(sshd.dir, 'log'), 'utf8').match(/no more sessions/g) ?? []).length;
    // All four tries of those that wait for a channel are over.
    await until(() => refused() >= 4 * (4 - sessions));
    await askApart(sshd, `touch ${go}`);
    const said = (await Promise.all(answers)).map(
      ({ probes: [probe] }) => probe?.kind === 'output' && probe.output.stdout,
    );
    expect(said).toEqual(numbers.map((number) => `${number}\n`));
    expect(readFileSync(log, 'utf8').trim().split('\n').sort()).toEqual(numbers);
    await remote.close();
  }, 30_000);

  it('lets us end what runs there, though it holds all channels', async () => {
    const sshd = await allowing(sessions);
    const interruption = new AbortController();
    const remote = await connect(sshd.host, { ...sshd.options, signal: interruption.signal });
    const marks = Array.from({ length: sessions }, (_, index) => join(sshd.dir, `mark-${index}`));
    const running = marks.map((mark) =>
      expect(ask(remote, '>"$1"; sleep 60; :', mark)).rejects.toBeInstanceOf(LinkLostError),
    );
    await until(() => marks.every((mark) => existsSync(mark)));
    interruption.abort();
    await remote.close();
    await Promise.all(running);
    expect(await askApart(sshd, 'ps -eo args=')).not.toContain('mark-');
  });
});

it('an sshd with MaxSessions 0 is said to allow none', async () => {
  const error = await refusal(await allowing(0));
  expect(error).toBeInstanceOf(UnreachableError);
  expect(error.message).toMatch(/refuses a further session/);
  expect(error.advice).toMatch(/MaxSessions/);
}, 20_000);

/** Over a connection of its own. */
async function askApart(sshd: Sshd, script: string): Promise<string> {
  const remote = await connect(sshd.host, sshd.options);
  const { probes } = await ask(remote, script);
  await remote.close();
  return probes[0]?.kind === 'output' ? probes[0].output.stdout : '';
}
