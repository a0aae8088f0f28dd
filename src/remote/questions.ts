interface Question<Asked, Answer> {
  readonly asked: Asked;
  readonly answer: Promise<Answer>;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** Questions of one kind; who asks the same shares the answer. */
export class Questions<Asked, Answer> {
  readonly #questions = new Map<string, Question<Asked, Answer>>();

  get asked(): Asked[] {
    return [...this.#questions.values()].map(({ asked }) => asked);
  }

  ask(key: string, asked: Asked): Promise<Answer> {
    const question = this.#questions.get(key) ?? newQuestion<Asked, Answer>(asked);
    this.#questions.set(key, question);
    return question.answer;
  }

  fail(error: unknown): void {
    for (const { reject } of this.#questions.values()) reject(error);
  }

  /** Answers each question by its place in `asked`; what `answer` throws is the reason why there is none. */
  settle(answer: (index: number) => Answer): void {
    [...this.#questions.values()].forEach(({ resolve, reject }, index) => {
      try {
        resolve(answer(index));
      } catch (error) {
        reject(error);
      }
    });
  }
}

function newQuestion<Asked, Answer>(asked: Asked): Question<Asked, Answer> {
  let settle = { resolve: (_: Answer): void => {}, reject: (_: unknown): void => {} };
  const answer = new Promise<Answer>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { asked, answer, ...settle };
}
