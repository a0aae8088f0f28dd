import { inspect } from 'node:util';
import { MASKED, Mask } from './mask.ts';
import type { Output } from './reader.ts';
import { SHORTEST_SECRET } from './secret-patterns.ts';

export { SHORTEST_SECRET };

const secrets = new Mask();

/** A value that prints as `[secret]`; only `reveal()` gives it, and what it gave, unless too short, is masked in all output. */
export class Secret {
  readonly name: string;
  readonly #value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.#value = value;
    if (value.trim().length >= SHORTEST_SECRET) secrets.add(value);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASKED;
  }

  toJSON(): string {
    return MASKED;
  }

  [inspect.custom](): string {
    return MASKED;
  }
}

/** The text with every known secret, in all its forms, replaced by `[secret]`. */
export function mask(text: string): string {
  return secrets.of(text);
}

/** The same for what a command has written: a secret may begin at the end of stdout and go on in stderr. */
export function maskOutput<Written extends Pick<Output, 'stdout' | 'stderr'>>(output: Written): Written {
  const [stdout, stderr] = secrets.ofPair(output.stdout, output.stderr);
  return { ...output, stdout, stderr };
}

/** Whether a text has a known secret in it, in any form, or one that was printed into it as `[secret]`. */
export function holdsSecret(text: string): boolean {
  return text.includes(MASKED) || mask(text) !== text;
}
