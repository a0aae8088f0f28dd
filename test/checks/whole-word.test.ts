import { expect, test } from 'vitest';
import { hasWord } from '../../src/checks/whole-word.ts';

test.each([
  ['nginx-01 10.61.0.1\n', 'nginx-01', true],
  ['nginx-01 10.61.0.1\n', '10.61.0.1', true],
  ['<p>nginx-01</p>', 'nginx-01', true],
  ['this is nginx-01.', 'nginx-01', true],
  ['server=nginx-01;', 'nginx-01', true],
  ['nginx-10', 'nginx-1', false],
  ['my-nginx-1', 'nginx-1', false],
  ['nginx-1-b', 'nginx-1', false],
  ['10.61.0.11', '10.61.0.1', false],
  ['210.61.0.1', '10.61.0.1', false],
  ['1.10.61.0', '10.61.0', false],
  ['10.61.0.1.7', '10.61.0.1', false],
  ['10x61y0z1', '10.61.0.1', false],
  ['10.61.0.1:80', '10.61.0.1', true],
  ['::ffff:10.61.0.1', '10.61.0.1', true],
  ['fd00::1:5', 'fd00::1', false],
  ['[fd00::1]', 'fd00::1', true],
  ['fe80::1', '::1', false],
  ['web1 web10 web1', 'web1', true],
])('%j has the word %j: %j', (text, word, expected) => {
  expect(hasWord(text, word)).toBe(expected);
});
