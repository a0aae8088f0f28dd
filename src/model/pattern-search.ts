import type { SecretPattern } from './secret-patterns.ts';

export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Finds many patterns in one pass over a text: a few plain characters of each, its anchors, are looked for everywhere, and the
 * whole pattern only around those.
 */
export class PatternSearch {
  readonly #anchors: RegExp;
  readonly #patterns = new Map<string, LazyPattern[]>();
  readonly #lengths: readonly number[];

  constructor(patterns: readonly SecretPattern[]) {
    for (const pattern of patterns) {
      const lazy = new LazyPattern(pattern);
      for (const anchor of pattern.anchors) {
        const key = anchor.toLowerCase();
        this.#patterns.set(key, [...(this.#patterns.get(key) ?? []), lazy]);
      }
    }
    // Sorted, they share their beginnings, which is what makes one pass over all of them fast.
    const anchors = [...this.#patterns.keys()].sort();
    this.#lengths = [...new Set(anchors.map(({ length }) => length))];
    this.#anchors = new RegExp(anchors.map(literal).join('|'), 'gi');
  }

  /** Where they are, in order; those that touch or overlap are one: a long secret is found in pieces. */
  spans(text: string): Span[] {
    const merged: { from: number; to: number }[] = [];
    for (const { from, to } of this.#found(text).sort((a, b) => a.from - b.from)) {
      const last = merged.at(-1);
      if (last && from <= last.to) last.to = Math.max(last.to, to);
      else merged.push({ from, to });
    }
    return merged;
  }

  #found(text: string): Span[] {
    if (this.#patterns.size === 0) return [];
    const found: Span[] = [];
    this.#anchors.lastIndex = 0;
    for (let hit = this.#anchors.exec(text); hit; hit = this.#anchors.exec(text)) {
      const place = hit.index;
      for (const pattern of this.#at(text, place)) {
        const span = pattern.spanAt(text, place);
        if (span) found.push(span);
      }
      this.#anchors.lastIndex = place + 1;
    }
    return found;
  }

  /** A shorter anchor may hide a longer one that begins with it. */
  #at(text: string, place: number): readonly LazyPattern[] {
    return this.#lengths.flatMap(
      (length) => this.#patterns.get(text.slice(place, place + length).toLowerCase()) ?? [],
    );
  }
}

/** So many tokens are tried before a whole pattern is compiled, which takes long and is hardly ever needed. */
const PROBE = 8;

class LazyPattern {
  readonly #pattern: SecretPattern;
  #probe: RegExp | undefined;
  #whole: RegExp | undefined;

  constructor(pattern: SecretPattern) {
    this.#pattern = pattern;
  }

  spanAt(text: string, anchor: number): Span | undefined {
    this.#probe ??= this.#compiled([], this.#parts[1].slice(0, PROBE));
    this.#probe.lastIndex = anchor;
    if (!this.#probe.test(text)) return undefined;
    this.#whole ??= this.#compiled(...this.#parts);
    this.#whole.lastIndex = anchor;
    const match = this.#whole.exec(text);
    return match ? { from: anchor - (match[1] ?? '').length, to: this.#whole.lastIndex } : undefined;
  }

  get #parts(): [before: readonly string[], rest: readonly string[]] {
    const { before, rest } = this.#pattern.source();
    return [before, rest];
  }

  /** Without the flag for Unicode where there is none: it makes a pattern several times slower. */
  #compiled(before: readonly string[], rest: readonly string[]): RegExp {
    const source = (before.length === 0 ? '' : `(?<=(${before.join('')}))`) + rest.join('');
    const unicode = isAscii(source) ? '' : 'u';
    return new RegExp(source, `${this.#pattern.ignoreCase ? 'i' : ''}y${unicode}`);
  }
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
