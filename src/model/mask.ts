import { PatternSearch } from './pattern-search.ts';
import { literalPattern, patternsOf, type SecretPattern } from './secret-patterns.ts';

/** The text shown instead of a secret. */
export const MASKED = '[secret]';
/** How much longer than the value its longest form is, at most: bytes in hex with something between them. */
const LONGER = 8;

/** Replaces values by `[secret]`, in whatever form they turn up in a text. */
export class Mask {
  readonly #patterns = new Map<string, readonly SecretPattern[]>();
  #made: PatternSearch | undefined;

  add(value: string): void {
    if (this.#patterns.has(value)) return;
    this.#patterns.set(value, patternsOf(value));
    this.#made = undefined;
  }

  of(text: string): string {
    const pieces: string[] = [];
    let rest = 0;
    for (const { from, to } of this.#search.spans(text)) {
      pieces.push(text.slice(rest, from), MASKED);
      rest = to;
    }
    return rest === 0 ? text : pieces.join('') + text.slice(rest);
  }

  /** Two texts that are shown one behind the other: a value may begin at the end of one and end in the other. */
  ofPair(first: string, second: string): [string, string] {
    const [head, tail] = [first.trimEnd(), second.trimStart()];
    const seam =
      head === '' || tail === '' ? undefined : (this.#seam(head, tail, '') ?? this.#seam(head, tail, '\n'));
    if (!seam) return [this.of(first), this.of(second)];
    return [`${this.of(head.slice(0, seam.from))}${MASKED}`, this.of(tail.slice(seam.to))];
  }

  /** Where in the first text a value begins that ends in the second one, and where there. */
  #seam(head: string, tail: string, between: string): { from: number; to: number } | undefined {
    const reach = LONGER * Math.max(0, ...[...this.#patterns.keys()].map((value) => value.length));
    const skipped = Math.max(0, head.length - reach);
    const near = head.slice(skipped);
    const text = near + between + tail.slice(0, reach);
    for (const { from, to } of this.#search.spans(text)) {
      const end = to - near.length - between.length;
      if (from < near.length && end > 0) return { from: skipped + from, to: end };
    }
    return undefined;
  }

  /** What is masked already is left alone, also if `secret` is a secret. */
  get #search(): PatternSearch {
    this.#made ??= new PatternSearch([literalPattern(MASKED), ...[...this.#patterns.values()].flat()]);
    return this.#made;
  }
}
