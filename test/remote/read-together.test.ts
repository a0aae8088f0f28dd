import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  type Answer,
  type Batch,
  type BatchAnswers,
  type Command,
  LinkLostError,
  ProbeError,
  type Reader,
  Secret,
  shell,
} from '../../src/model/index.ts';
import { readTogether } from '../../src/remote/index.ts';

type Said = Partial<{ code: number; stdout: string; stderr: string; kind: 'output' | 'timeout' }>;

/** Answers each command with its words, or as told; and notes what it was asked in each exec. */
class EchoHost {
  readonly rounds: string[][] = [];
  readonly #answers: Readonly<Record<string, Said>>;

  constructor(answers: Readonly<Record<string, Said>> = {}) {
    this.#answers = answers;
  }

  async run({ actions, probes }: Batch): Promise<BatchAnswers> {
    this.rounds.push([
      ...actions.map(({ command }) => `do ${command.join(' ')}`),
      ...probes.map(({ command }) => command.join(' ')),
    ]);
    await sleep(1);
    const answer = ({ command }: { command: Command }): Answer => this.#answer(command.join(' '));
    return { actions: actions.map(answer), probes: probes.map(answer) };
  }

  #answer(line: string): Answer {
    const { kind = 'output', code = 0, stdout = line, stderr = '' } = this.#answers[line] ?? {};
    return { kind, output: { code, stdout, stderr, bytes: Buffer.from(stdout) } };
  }
}

type Read = (host: Reader) => Promise<string>;

const ask =
  (...words: [string, ...string[]]): Read =>
  async (host) =>
    (await host.probe(words)).stdout;

describe('reads side by side', () => {
  it.each<[string, Read[], rounds: string[][], answers: unknown[]]>([
    ['of nothing take no exec', [], [], []],
    ['that ask nothing take no exec', [async () => 'known'], [], ['known']],
    ['travel in one', [ask('a'), ask('b'), async () => 'c'], [['a', 'b']], ['a', 'b', 'c']],
    [
      'may ask several things at once',
      [async (host) => (await Promise.all([ask('a')(host), ask('b')(host)])).join()],
      [['a', 'b']],
      ['a,b'],
    ],
    [
      'may ask one thing after the other',
      [
        async (host) => (await ask('a')(host)) + (await ask('b')(host)),
        async (host) => (await ask('c')(host)) + (await ask('d')(host)),
        ask('e'),
      ],
      [
        ['a', 'c', 'e'],
        ['b', 'd'],
      ],
      ['ab', 'cd', 'e'],
    ],
    [
      'share what both ask',
      [ask('a'), ask('a'), async (host) => (await ask('b')(host)) + (await ask('a')(host))],
      [['a', 'b'], ['a']],
      ['a', 'a', 'ba'],
    ],
  ])('%s', async (_, reads, rounds, answers) => {
    const host = new EchoHost();
    const readings = await readTogether(host, reads);
    expect(host.rounds).toEqual(rounds);
    expect(readings.rounds).toBe(rounds.length);
    expect(readings.results).toEqual(answers.map((value) => ({ status: 'fulfilled', value })));
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'microtasks',
      async () => {
        for (let i = 0; i < 50; i += 1) await undefined;
      },
    ],
    ['ticks', () => new Promise<void>((resolve) => process.nextTick(() => process.nextTick(resolve)))],
    [
      'macrotasks',
      async () => {
        for (let i = 0; i < 5; i += 1) await new Promise(setImmediate);
      },
    ],
    ['a timer', () => sleep(30)],
  ])('wait for one that is not yet ready to ask because of %s', async (_, delay) => {
    const host = new EchoHost();
    const late: Read = async (reader) => {
      await delay();
      const first = await ask('late')(reader);
      await delay();
      return first + (await ask('later')(reader));
    };
    await readTogether(host, [
      ask('a'),
      late,
      async (reader) => (await ask('b')(reader)) + (await ask('c')(reader)),
    ]);
    expect(host.rounds.map((round) => round.sort())).toEqual([
      ['a', 'b', 'late'],
      ['c', 'later'],
    ]);
  });

  it('wait for a second question that comes a little later', async () => {
    const host = new EchoHost();
    const second: Read = async (reader) => {
      for (let i = 0; i < 20; i += 1) await undefined;
      return ask('b')(reader);
    };
    const both: Read = async (reader) => (await Promise.all([ask('a')(reader), second(reader)])).join();
    await readTogether(host, [both, async (reader) => (await both(reader)) + (await both(reader))]);
    expect(host.rounds).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('go on when one of them fails by itself', async () => {
    const host = new EchoHost();
    const failing: Read = async (reader) => {
      await ask('a')(reader);
      throw new Error('mine');
    };
    const thrown: Read = () => {
      throw new Error('at once');
    };
    const { results } = await readTogether(host, [failing, ask('b'), thrown]);
    expect(results).toMatchObject([
      { status: 'rejected', reason: { message: 'mine' } },
      { status: 'fulfilled', value: 'b' },
      { status: 'rejected', reason: { message: 'at once' } },
    ]);
  });

  it('tell commands apart by stdin, variables and limit', async () => {
    const host = new EchoHost();
    const reads = [{}, { stdin: 'x' }, { stdin: Buffer.from('x') }, { env: { A: 'x' } }, { limit: 5 }].map(
      (options): Read =>
        async (reader) =>
          (await reader.probe(['a'], options)).stdout,
    );
    await readTogether(host, reads);
    expect(host.rounds).toEqual([['a', 'a', 'a', 'a']]);
  });

  it('end with the error of the connection', async () => {
    const lost = { run: () => Promise.reject(new LinkLostError('gone')) };
    const seen: unknown[] = [];
    const read: Read = async (reader) => {
      try {
        return await ask('a')(reader);
      } catch (error) {
        seen.push(error);
        return 'caught';
      }
    };
    await expect(readTogether(lost, [read, ask('b')])).rejects.toThrow(new LinkLostError('gone'));
    expect(seen).toMatchObject([{ message: 'gone' }]);
  });
});

describe('actions', () => {
  const touch = { command: ['touch', 'x'] as const, limit: 5 };

  it.each<[string, Read[], string[][]]>([
    [
      'ride ahead of the first probes',
      [ask('a'), async (host) => (await ask('b')(host)) + (await ask('c')(host))],
      [['do touch x', 'a', 'b'], ['c']],
    ],
    ['travel alone if nothing is asked', [async () => 'known'], [['do touch x']]],
    ['travel alone if there are no reads', [], [['do touch x']]],
  ])('%s', async (_, reads, rounds) => {
    const host = new EchoHost();
    const { actions } = await readTogether(host, reads, [touch]);
    expect(host.rounds).toEqual(rounds);
    expect(actions).toMatchObject([{ kind: 'output', output: { stdout: 'touch x' } }]);
  });

  it('that fail do not keep the reads from their answers', async () => {
    const host = new EchoHost({ 'touch x': { code: 1, stderr: 'no' } });
    const { actions, results } = await readTogether(host, [ask('a')], [touch]);
    expect(actions).toMatchObject([{ output: { code: 1, stderr: 'no' } }]);
    expect(results).toEqual([{ status: 'fulfilled', value: 'a' }]);
  });
});

describe('a probe', () => {
  async function problemOf(command: Command, said: Said, expect?: number[]): Promise<unknown> {
    const host = new EchoHost({ [command.join(' ')]: said });
    const { results } = await readTogether(host, [
      (reader) => reader.probe(command, expect ? { expect } : {}),
    ]);
    return results[0]?.status === 'rejected' ? results[0].reason : results[0]?.value.code;
  }

  it.each<
    [string, Command, Said, expect: number[] | undefined, message: string, missing: string | undefined]
  >([
    [
      'an exit code that is no answer',
      ['rpm', '-q', 'a b'],
      { code: 1, stderr: 'rpmdb: locked\n' },
      undefined,
      "rpm -q 'a b': exit 1: rpmdb: locked",
      undefined,
    ],
    ['one that is not on the list', ['rpm', '-q', 'x'], { code: 2 }, [0, 1], 'rpm -q x: exit 2', undefined],
    [
      'only the last lines of what it said',
      ['x'],
      { code: 1, stderr: '1\n2\n3\n4\n5\n' },
      undefined,
      'x: exit 1: 3; 4; 5',
      undefined,
    ],
    [
      'no answer in time',
      ['x'],
      { kind: 'timeout', code: 124 },
      [0, 124],
      'x: no answer within 30 s',
      undefined,
    ],
    [
      'a missing tool',
      ['rpm', '-q', 'x'],
      { code: 127, stderr: "timeout: failed to run command 'rpm'" },
      [0, 1],
      "rpm -q x: exit 127: timeout: failed to run command 'rpm'",
      'rpm',
    ],
    [
      'a tool that sh misses (dash)',
      shell('rpm'),
      { code: 127, stderr: 'trueup: 1: rpm: not found' },
      undefined,
      'sh -c rpm trueup: exit 127: trueup: 1: rpm: not found',
      'rpm',
    ],
    [
      'a tool that sh misses (bash)',
      shell('rpm'),
      { code: 127, stderr: 'trueup: line 3: rpm: command not found' },
      undefined,
      'sh -c rpm trueup: exit 127: trueup: line 3: rpm: command not found',
      'rpm',
    ],
  ])('fails with %s', async (_, command, said, expected, message, missing) => {
    const problem = await problemOf(command, said, expected);
    expect(problem).toBeInstanceOf(ProbeError);
    expect(problem).toMatchObject({ message, missing });
  });

  it('answers with any listed exit code', async () => {
    expect(await problemOf(['rpm', '-q', 'x'], { code: 1 }, [0, 1])).toBe(1);
  });

  it('says no secret', async () => {
    const secret = new Secret('PASSWORD', "hunter2'hunter2").reveal();
    const problem = await problemOf(['login', secret], { code: 1, stderr: `bad: ${secret}` });
    expect(problem).toMatchObject({ message: "login '[secret]': exit 1: bad: [secret]" });
  });
});
