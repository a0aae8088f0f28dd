import { Deferred } from './deferred.ts';

/** Questions of one kind; who asks the same shares the answer. */
export class DeduplicatedRequests<Asked, Answer> {
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
