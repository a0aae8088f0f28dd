import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { splitShellWords } from '../../src/inventory/split-shell-words.ts';

it.each([
  '',
  '  -J bastion ',
  `-o ProxyCommand="nc -X 5 %h %p" -o 'Compression yes'`,
  `-o ProxyCommand="sh -c \\"echo 'a b' \\\\\\\\ \\\\x\\""`,
  `a\\ b c'd e'f"g h"i ''`,
])('the words of %s are those of sh', (text) => {
  const script = `for word in ${text}; do printf '%s\\n' "$word"; done`;
  const lines = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\n');
  expect(splitShellWords(text)).toEqual(lines.slice(0, -1));
});

it.each([`'open`, `"open`, 'end\\'])('%s has an open end', (text) => {
  expect(splitShellWords(text)).toBeUndefined();
});
