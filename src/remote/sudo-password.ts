import type { EscalationError, Secret } from '../model/index.ts';
import { Semaphore } from './semaphore.ts';

/** The password for sudo on one host. A wrong one is given once: several tries lock accounts. */
export class SudoPassword {
  readonly secret: Secret;
  readonly #turn = new Semaphore(1);
  #proved = false;
  #refusal: EscalationError | undefined;

  constructor(secret: Secret) {
    this.secret = secret;
  }

  /** Starts it; while nobody has become root yet, only when all before it have, or could not for another reason. */
  async admit<T>(begun: Promise<unknown>, start: () => Promise<T>): Promise<T> {
    if (this.#proved) return start();
    const { running } = await this.#turn.use(async () => {
      if (this.#refusal) throw this.#refusal;
      const running = start();
      const proved = begun.then(() => {
        this.#proved = true;
      });
      await Promise.race([proved, running]);
      return { running };
    });
    return running;
  }

  /** Nothing starts after this. */
  refuse(error: EscalationError): void {
    this.#refusal = error;
  }
}
