import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError, quoteWord, shell, shellLine } from '../../src/model/index.ts';

/** The words that sh makes of the line. */
function wordsInShell(line: string, sh = 'sh'): string[] {
  const printed = execFileSync(sh, ['-c', `set -- ${line}\nfor word do printf '%s\\0' "$word"; done`]);
  return printed.toString().split('\0').slice(0, -1);
}

const word = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
  fc.string({
    unit: fc.constantFrom("'", '"', '\\', '$', '`', '\n', ' ', '*', '!', '~', '#', '-', '=', 'a', 'é'),
  }),
);

describe('a command line', () => {
  it.each(['sh', 'bash', 'dash'])('is read back by %s as the same words', (sh) => {
    fc.assert(
      fc.property(fc.tuple(word, word, word), (words) => {
        expect(wordsInShell(shellLine(words), sh)).toEqual(words);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['rpm', 'rpm'],
    ['/etc/a-b_c.conf', '/etc/a-b_c.conf'],
    ['user@host:path,x=1+2%', 'user@host:path,x=1+2%'],
    ['', "''"],
    ['two words', "'two words'"],
    ["it's", "'it'\\''s'"],
    ['~', "'~'"],
    ['a\nb', "'a\nb'"],
  ])('%j is written as %j', (plain, quoted) => {
    expect(quoteWord(plain)).toBe(quoted);
  });

  it('cannot hold a NUL byte', () => {
    expect(() => quoteWord('a\0b')).toThrow(InputError);
  });
});

describe('a piece of sh', () => {
  it('gets its arguments as they are', () => {
    const [sh, ...words] = shell('printf "%s|" "$@"', "it's", '$HOME', '');
    expect(execFileSync(sh, words).toString()).toBe("it's|$HOME||");
  });
});
