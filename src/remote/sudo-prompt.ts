import { ASKS } from './root-shell.ts';

/** Characters behind which a question can no longer have begun. */
const LONGEST = 1024;

/** Reads what an asking root shell wants, once each, out of its stdout. */
export class SudoPrompt {
  readonly #nonce: string;
  readonly #answers: Readonly<Record<keyof typeof ASKS, () => void>>;
  readonly #given = new Set<string>();
  #seen = '';

  constructor(nonce: string, answers: Readonly<Record<keyof typeof ASKS, () => void>>) {
    this.#nonce = nonce;
    this.#answers = answers;
  }

  /** The password was asked for and given. */
  get passwordGiven(): boolean {
    return this.#given.has(ASKS.password);
  }

  push(chunk: Buffer): void {
    if (this.#given.has(ASKS.script)) return;
    this.#seen += chunk.toString('latin1');
    for (const what of [ASKS.password, ASKS.script]) {
      if (this.#given.has(what) || !this.#seen.includes(`\n${this.#nonce} ${what}\n`)) continue;
      this.#given.add(what);
      this.#answers[what]();
    }
    this.#seen = this.#seen.slice(-LONGEST);
  }
}
