import type { SecretPattern } from './secret-patterns.ts';

/** How many tokens of a pattern are looked for at every place of a text; the rest only where these are found. */
const HEAD = 6;

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Finds many patterns in one pass over a text, by their heads: a whole pattern is compiled once its head was met. */
export class PatternSearch {
  readonly #heads: RegExp;
  readonly #patterns: readonly LazyPattern[];
  readonly #literal: string;

  /** `literal`: a text that counts as found, whatever the patterns find within it. */
  constructor(patterns: readonly SecretPattern[], ignoreCase: boolean, literal: string) {
    this.#literal = literal;
    this.#patterns = patterns.map((pattern) => new LazyPattern(pattern));
    const heads = new Set(this.#patterns.map(({ head }) => head));
    const escaped = literal.replace(/\W/g, String.raw`\$&`);
    this.#heads = new RegExp([escaped, ...heads].join('|'), ignoreCase ? 'giu' : 'gu');
  }

  *spans(text: string): Generator<Span> {
    for (let place = 0; ; ) {
      this.#heads.lastIndex = place;
      const from = this.#heads.exec(text)?.index;
      if (from === undefined) return;
      const to = this.#endAt(text, from);
      if (to > from) yield { from, to };
      place = Math.max(to, from + 1);
    }
  }

  /** Where the longest that begins here ends; 0 if none does. */
  #endAt(text: string, from: number): number {
    if (text.startsWith(this.#literal, from)) return from + this.#literal.length;
    return this.#patterns.reduce((end, pattern) => Math.max(end, pattern.endAt(text, from)), 0);
  }
}

class LazyPattern {
  readonly head: string;
  readonly #pattern: SecretPattern;
  #headHere: RegExp | undefined;
  #wholeHere: RegExp | undefined;

  constructor(pattern: SecretPattern) {
    this.#pattern = pattern;
    const tokens = pattern.tokens()[Symbol.iterator]();
    this.head = Array.from({ length: HEAD }, () => tokens.next().value ?? '').join('');
  }

  endAt(text: string, from: number): number {
    this.#headHere ??= this.#compiled(this.head);
    if (!isMet(this.#headHere, text, from)) return 0;
    this.#wholeHere ??= this.#compiled([...this.#pattern.tokens()].join(''));
    return isMet(this.#wholeHere, text, from) ? this.#wholeHere.lastIndex : 0;
  }

  #compiled(source: string): RegExp {
    return new RegExp(source, this.#pattern.ignoreCase ? 'iyu' : 'yu');
  }
}

function isMet(pattern: RegExp, text: string, place: number): boolean {
  pattern.lastIndex = place;
  return pattern.test(text);
}
