import type { Answer, FileState, Invocation, Remote } from '../model/index.ts';
import { DeduplicatedRequests } from './deduplicated-requests.ts';
import { FileLooks } from './file-looks.ts';
import type { FileLook } from './file-state.ts';

const UNANSWERED: Answer = { kind: 'skipped' };

/** The questions that travel in one exec. */
export class ProbeBatch {
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
