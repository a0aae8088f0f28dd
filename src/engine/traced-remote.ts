import type {
  Answer,
  Batch,
  BatchAnswers,
  Executed,
  Invocation,
  Job,
  Listener,
  Remote,
  RemoteFile,
} from '../model/index.ts';

type Asked = Pick<Executed, 'does' | 'command' | 'stdin' | 'confidential'>;

/** Reports every command that runs over a connection. */
export class TracedRemote implements Remote {
  readonly #remote: Remote;
  readonly #host: string;
  readonly #listener: Listener;

  constructor(remote: Remote, host: string, listener: Listener) {
    this.#remote = remote;
    this.#host = host;
    this.#listener = listener;
  }

  get execs(): number {
    return this.#remote.execs;
  }

  run(batch: Batch): Promise<BatchAnswers> {
    const asked = [
      ...batch.actions.map((action) => askedFor('act', action)),
      ...batch.probes.map((probe) => askedFor('look', probe)),
    ];
    return this.#trace(
      asked,
      () => this.#remote.run(batch),
      ({ actions, probes }) => [...actions, ...probes],
    );
  }

  write(file: RemoteFile): Promise<Answer> {
    const { path, mode, owner, group, content } = file;
    const command = ['write', path, mode, `${owner}:${group}`] as const;
    const asked = { does: 'act', command, stdin: content.length, confidential: false } as const;
    return this.#trace([asked], () => this.#remote.write(file), one);
  }

  runDetached(job: Job, invocation: Invocation): Promise<Answer> {
    const said = (line: string) => this.#listener({ type: 'said', host: this.#host, line });
    return this.#trace(
      [askedFor('act', invocation)],
      () => this.#remote.runDetached({ ...job, said }, invocation),
      one,
    );
  }

  reconnectTest(): Promise<void> {
    return this.#remote.reconnectTest();
  }

  close(): Promise<void> {
    return this.#remote.close();
  }

  async #trace<Result>(
    asked: readonly Asked[],
    job: () => Promise<Result>,
    answersOf: (result: Result) => readonly Answer[],
  ): Promise<Result> {
    const began = performance.now();
    try {
      const result = await job();
      const answers = answersOf(result);
      for (const [index, each] of asked.entries()) this.#finished(each, answers[index], began);
      return result;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      for (const each of asked) this.#finished(each, { kind: 'none', why }, began);
      throw error;
    }
  }

  #finished(asked: Asked, answer: Executed['answer'] = { kind: 'skipped' }, began = 0): void {
    const there = 'output' in answer ? answer.output.seconds : undefined;
    const command = { ...asked, answer, seconds: there ?? (performance.now() - began) / 1000 };
    this.#listener({ type: 'command-finished', host: this.#host, command });
  }
}

function askedFor(does: Executed['does'], { command, stdin, confidential }: Invocation): Asked {
  const bytes = stdin === undefined ? undefined : Buffer.byteLength(stdin);
  return { does, command, stdin: bytes, confidential: confidential ?? false };
}

function one(answer: Answer): Answer[] {
  return [answer];
}
