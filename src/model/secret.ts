import { inspect } from 'node:util';

/** A shorter one would be found everywhere: masking it would leave no text to read, and tell it as well. */
export const SHORTEST_SECRET = 4;

const revealed = new Set<string>();

/** A value that prints as `[secret]`; only `reveal()` gives it, and what it gave, unless too short, is masked in all output. */
export class Secret {
  readonly name: string;
  readonly #value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.#value = value;
    if (value.trim().length >= SHORTEST_SECRET) revealed.add(value);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** The text with every known secret, plain or as JSON and shell quote it, and each of its lines, replaced by `[secret]`. */
export function mask(text: string): string {
  let masked = text;
  for (const value of [...revealed].sort((a, b) => b.length - a.length)) {
    for (const form of formsOf(value)) masked = masked.replaceAll(form, '[secret]');
  }
  return masked;
}

function formsOf(value: string): string[] {
  const lines = value.split('\n').filter((line) => line.trim().length >= SHORTEST_SECRET);
  const quoted = [JSON.stringify(value).slice(1, -1), value.replaceAll("'", `'\\''`)];
  return [...new Set([value, ...quoted, ...lines])];
}
