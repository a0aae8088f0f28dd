import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { mask, Secret } from '../../src/model/index.ts';

describe('a secret', () => {
  const secret = new Secret('PASSWORD', 'correct horse');

  it.each<[string, (value: Secret) => string]>([
    ['as text', (value) => `${value}`],
    ['added to text', (value) => `a ${value}`.slice(2)],
    ['as JSON', (value) => JSON.parse(JSON.stringify(value))],
    ['inspected', (value) => inspect(value)],
    ['inspected within an object', (value) => /x: (.*) \}/.exec(inspect({ x: value }))?.[1] ?? ''],
  ])('%s is [secret]', (_, print) => {
    expect(print(secret)).toBe('[secret]');
  });

  it('is told only when asked for', () => {
    expect(secret.reveal()).toBe('correct horse');
    expect(secret.name).toBe('PASSWORD');
    expect(Object.values(secret)).toEqual(['PASSWORD']);
  });
});

describe('the mask', () => {
  it.each<[string, string, text: string, masked: string]>([
    ['everywhere', 'hunter-22', 'a hunter-22 b hunter-22', 'a [secret] b [secret]'],
    ['within a word', 'hunter-23', 'xhunter-23x', 'x[secret]x'],
    ['in JSON', 'quo"te\\d-1', '{"x":"quo\\"te\\\\d-1"}', '{"x":"[secret]"}'],
    ['in a line of shell', "it's-1-secret", "x 'it'\\''s-1-secret'", "x '[secret]'"],
    ['over several lines', 'line-one-a\nline-two-a', 'line-one-a\nline-two-a', '[secret]'],
    ['by each of its longer lines', 'line-one-b\nline-two-b', '> line-two-b', '> [secret]'],
    ['by the short end of a key', 'line-one-d\naZ4=\n', 'at aZ4= here', 'at [secret] here'],
    ['not by lines too short to be masked', 'line-one-c\nend', 'the end', 'the end'],
    ['not if it is so short that words have it in them', 'abc', 'abcd abc', 'abcd abc'],
    ['of four characters', '4ab#', 'x4ab#', 'x[secret]'],
    ['not if it is blank', ' ', 'a b', 'a b'],
  ])('covers a secret %s', (_, value, text, masked) => {
    new Secret('X', value);
    expect(mask(text)).toBe(masked);
  });

  it('covers the longer of two secrets whole', () => {
    new Secret('SHORT', 'abc-secret');
    new Secret('LONG', 'abc-secret-def');
    expect(mask('abc-secret-def abc-secret')).toBe('[secret] [secret]');
  });
});
