import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mask } from '../../src/model/mask.ts';
import { FORMS, piped } from './secret-forms.ts';

const CANARY = `c4nary "q" & <t> 'x' $é\\y+/`;

function masking(...values: string[]): Mask {
  const mask = new Mask();
  for (const value of values) mask.add(value);
  return mask;
}

describe('the mask', () => {
  it.each(FORMS)('covers a secret %s', (_, form, left = /^\s*$/) => {
    const masked = masking(CANARY).of(form(CANARY));
    expect(masked).toContain('[secret]');
    expect(masked.replace('[secret]', '')).toMatch(left);
  });

  it.each([
    ['a value that holds it whole', 'x[secret]y', 'xabcd-efghy', 'abcd-efgh'],
    ['trimmed', 'x=[secret].', 'x=abcd efgh.', '  abcd efgh\n'],
    ['one that is the word itself', '[secret] and [secret]', '[secret] and secret', 'secret'],
  ])('%s', (_, masked, text, value) => {
    expect(masking(value).of(text)).toBe(masked);
  });

  it('of a mask is the same', () => {
    const mask = masking('secret', 'cret]', 'abcd efgh');
    const once = mask.of('abcd efgh, secret');
    expect(mask.of(once)).toBe(once);
  });

  it('leaves nothing of any secret, in any form', () => {
    const part = fc.string({ maxLength: 10 });
    const value = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 20 });
    fc.assert(
      fc.property(value, part, part, fc.constantFrom(...FORMS), (secret, before, after, [, form]) => {
        fc.pre(secret.trim().length >= 6 && !'[secret]'.includes(secret.trim()) && !secret.includes('\0'));
        const shown = form(secret.trim());
        expect(masking(secret).of(`${before}\n${shown}\n${after}`)).not.toContain(shown);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it.each<[string, (key: string) => string]>([
    ['as it is', (key) => key],
    ['in JSON', (key) => JSON.stringify(key)],
    ['in the lines of base64', (key) => piped('base64', `user:${key}`)],
    ['in one line of base64', (key) => Buffer.from(key).toString('base64')],
    ['by od', (key) => piped('od -An -v -tx1', key)],
    ['its lines with something before each', (key) => key.replaceAll('\n', '\n| ')],
  ])('covers a long key %s', (_, form) => {
    const lines = Array.from({ length: 500 }, (_, index) =>
      createHash('sha384').update(`${index}`).digest('base64'),
    );
    const key = `-----BEGIN KEY-----\n${lines.join('\n')}\n-----END KEY-----\n`;
    const masked = masking(key).of(form(key));
    expect(masked.replace(/\[secret\]|[\s|":]/g, '').length).toBeLessThan(12);
  });

  it('takes hundreds of secrets', () => {
    const values = Array.from(
      { length: 300 },
      (_, index) => `$6$${createHash('sha512').update(`${index}`).digest('base64')}`,
    );
    const mask = masking(...values);
    const began = performance.now();
    expect(mask.of(values.join(' '))).toMatch(/^(\[secret\] ?){300}$/);
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

describe('short secrets', () => {
  it.each([
    ['in another case', 'Port', 'port PORT pORT'],
    ['in hex with spaces', '1234', 'ports 31 32 33 34'],
    ['in a part of their base64', 'abcd', 'YWJj YWJjZX'],
    ['over white space that they do not have', 'rest', 'are still here'],
  ])('are not found %s', (_, value, text) => {
    expect(masking(value).of(text)).toBe(text);
  });

  it('are found in base64 and hex as a whole', () => {
    expect(masking('abcd').of('YWJjZA== 61626364')).toBe('[secret]== [secret]');
  });

  it('leave a text of random base64 and hex alone', () => {
    const mask = masking('abcd', 'zz#9', '0815', 'root');
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 500, maxLength: 500 }), (bytes) => {
        const text = Buffer.from(bytes)
          .toString('base64')
          .replace(/abcd|root|0815/g, '');
        expect(mask.of(text)).toBe(text);
      }),
    );
  });
});

describe('a pair of texts', () => {
  it.each<[string, [string, string], [string, string]]>([
    ['a secret that goes on in the second', ['a half-one', 'half-two b'], ['a [secret]', ' b']],
    ['the same behind a line break', ['a half-one\n', '\nhalf-two b\n'], ['a [secret]', ' b\n']],
    ['a secret in each', ['a half-onehalf-two', 'half-onehalf-two'], ['a [secret]', '']],
    ['none', ['half-one', 'half'], ['half-one', 'half']],
    ['an empty one', ['half-onehalf-two', ''], ['[secret]', '']],
  ])('%s', (_, [first, second], masked) => {
    expect(masking('half-onehalf-two').ofPair(first, second)).toEqual(masked);
  });

  it('a secret of two words, one in each', () => {
    expect(masking('half one, half two').ofPair('x half one,', 'half two y')).toEqual(['x [secret]', ' y']);
  });
});

it('masks a megabyte with twenty secrets in well under a second', () => {
  const values = Array.from({ length: 20 }, (_, index) => `secret "${index}" of ${'xyz'.repeat(index)} & co`);
  const line =
    'Nov 30 21:03:38 web-01 systemd[1]: Started the server, secrets: secret of, port 80 is open.\n';
  const text = line.repeat(12_000);
  const mask = masking(...values);
  const began = performance.now();
  mask.of(text);
  expect(performance.now() - began).toBeLessThan(1000);
});
