import { setImmediate as nextMacrotask } from 'node:timers/promises';
import type {
  Answer,
  Command,
  FileOptions,
  FileState,
  Invocation,
  Output,
  ProbeOptions,
  Reader,
  ReadResults,
  Remote,
} from '../model/index.ts';
import { outputOf } from './batch-script.ts';
import { Deferred } from './deferred.ts';
import { FileLooks } from './file-looks.ts';
import type { FileLook } from './file-state.ts';

/** Questions of one kind; who asks the same shares the answer. */
class DeduplicatedRequests<Asked, Answer> {
  readonly #questions = new Map<string, { readonly asked: Asked; readonly answer: Deferred<Answer> }>();

  get asked(): Asked[] {
    return [...this.#questions.values()].map(({ asked }) => asked);
  }

  ask(key: string, asked: Asked): Promise<Answer> {
    const question = this.#questions.get(key) ?? { asked, answer: new Deferred<Answer>() };
    this.#questions.set(key, question);
    return question.answer.promise;
  }

  /** Answers each question by its place in `asked`; what `answer` throws is the reason why there is none. */
  settle(answerTo: (index: number) => Answer): void {
    [...this.#questions.values()].forEach(({ answer }, index) => {
      try {
        answer.resolve(answerTo(index));
      } catch (error) {
        answer.reject(error);
      }
    });
  }

  fail(error: unknown): void {
    for (const { answer } of this.#questions.values()) answer.reject(error);
  }
}

const UNANSWERED: Answer = { kind: 'skipped' };

/** The questions that travel in one exec. */
class ProbeBatch {
  readonly #probes = new DeduplicatedRequests<Invocation, Answer>();
  readonly #looks = new DeduplicatedRequests<FileLook, FileState>();

  get empty(): boolean {
    return this.#probes.asked.length + this.#looks.asked.length === 0;
  }

  probe(invocation: Invocation): Promise<Answer> {
    const { command, limit, stdin, env } = invocation;
    const bytes = stdin === undefined ? undefined : Buffer.from(stdin).toString('base64');
    return this.#probes.ask(JSON.stringify([command, limit, bytes, env]), invocation);
  }

  look(look: FileLook): Promise<FileState> {
    return this.#looks.ask(JSON.stringify([look.path, look.contentUnless, look.toEnter]), look);
  }

  /** Sends the actions and all questions; every asker gets the answer, or the reason why there is none. */
  async send(remote: Pick<Remote, 'run'>, actions: readonly Invocation[]): Promise<readonly Answer[]> {
    const invocations = this.#probes.asked;
    const looks = this.#looks.asked.length > 0 ? new FileLooks(this.#looks.asked) : undefined;
    const probes = looks ? [...invocations, looks.invocation] : invocations;
    try {
      const answers = await remote.run({ actions, probes });
      this.#probes.settle((index) => answers.probes[index] ?? UNANSWERED);
      if (looks) this.#looks.settle(looks.states(answers.probes[invocations.length] ?? UNANSWERED));
      return answers.actions;
    } catch (error) {
      this.#probes.fail(error);
      this.#looks.fail(error);
      throw error;
    }
  }
}

const LIMIT = 30;

/** The Reader of one read: its questions go into the round that leaves next. */
class BatchingReader implements Reader {
  readonly #next: () => ProbeBatch;
  readonly #asked: () => void;
  #open = 0;

  constructor(next: () => ProbeBatch, asked: () => void) {
    this.#next = next;
    this.#asked = asked;
  }

  /** It has asked something that is not answered yet. */
  get waits(): boolean {
    return this.#open > 0;
  }

  async probe(command: Command, options: ProbeOptions = {}): Promise<Output> {
    const { expect = [0], limit = LIMIT, ...rest } = options;
    const invocation = { command, limit, ...rest };
    return outputOf(invocation, await this.#ask(this.#next().probe(invocation)), expect);
  }

  file(path: string, options: FileOptions = {}): Promise<FileState> {
    return this.#ask(this.#next().look({ path, ...options }));
  }

  async #ask<T>(answer: Promise<T>): Promise<T> {
    this.#open += 1;
    this.#asked();
    try {
      return await answer;
    } finally {
      this.#open -= 1;
    }
  }
}

/** Reads that go on side by side, and the rounds that carry what they ask. */
class Reading {
  readonly #remote: Pick<Remote, 'run'>;
  readonly #unfinished = new Set<BatchingReader>();
  #next = new ProbeBatch();
  #rounds = 0;
  #wake = (): void => {};

  constructor(remote: Pick<Remote, 'run'>) {
    this.#remote = remote;
  }

  get rounds(): number {
    return this.#rounds;
  }

  async start<T>(read: (host: Reader) => Promise<T>): Promise<T> {
    const reader = new BatchingReader(
      () => this.#next,
      () => this.#wake(),
    );
    this.#unfinished.add(reader);
    try {
      return await read(reader);
    } finally {
      this.#unfinished.delete(reader);
      this.#wake();
    }
  }

  /** Sends round after round until no read asks any more; answers with what became of the actions. */
  async sendAll(actions: readonly Invocation[]): Promise<readonly Answer[]> {
    await this.#allWait();
    const answers = actions.length > 0 || !this.#next.empty ? await this.#send(actions) : [];
    for (await this.#allWait(); !this.#next.empty; await this.#allWait()) await this.#send([]);
    return answers;
  }

  /**
   * Until every unfinished read waits for an answer. What follows from an answer or from a stray await has run
   * by the next macrotask; a read that waits for something else, as a timer, is waited for.
   */
  async #allWait(): Promise<void> {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await nextMacrotask();
      if ([...this.#unfinished].every((reader) => reader.waits)) return;
      await changed;
    }
  }

  #send(actions: readonly Invocation[]): Promise<readonly Answer[]> {
    const round = this.#next;
    this.#next = new ProbeBatch();
    this.#rounds += 1;
    return round.send(this.#remote, actions);
  }
}

/** What reads answered, and how many execs it took. */
export interface Readings<T> extends ReadResults<T> {
  readonly actions: readonly Answer[];
  readonly results: readonly PromiseSettledResult<T>[];
  readonly rounds: number;
}

/**
 * Runs the reads side by side. Their probes are held back until every unfinished read waits for one; then all
 * of them travel in one exec. The actions ride in the first one, ahead of its probes.
 *
 * Rejects with what `run` rejects with; a read that fails by itself is among the results.
 */
export async function readTogether<T>(
  remote: Pick<Remote, 'run'>,
  reads: readonly ((host: Reader) => Promise<T>)[],
  actions: readonly Invocation[] = [],
): Promise<Readings<T>> {
  const reading = new Reading(remote);
  const results = Promise.allSettled(reads.map((read) => reading.start(read)));
  const answers = await reading.sendAll(actions);
  return { actions: answers, results: await results, rounds: reading.rounds };
}
