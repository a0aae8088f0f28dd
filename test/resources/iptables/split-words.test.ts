import { expect, it } from 'vitest';
import { splitWords } from '../../../src/resources/iptables/parse-save.ts';

it.each([
  ['-A INPUT  -j ACCEPT', ['-A', 'INPUT', '-j', 'ACCEPT']],
  ['--comment "it\\\'s \\"x\\" y" -j LOG', ['--comment', 'it\'s "x" y', '-j', 'LOG']],
  ["--comment 'a b' x", ['--comment', 'a b', 'x']],
  ['--log-prefix "back\\\\slash "', ['--log-prefix', 'back\\slash ']],
  ['--comment ""', ['--comment', '']],
  ['', []],
])('splits %s', (line, words) => {
  expect(splitWords(line)).toEqual(words);
});
