import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mask } from '../../src/model/mask.ts';

const CANARY = `c4nary "q" & <t> 'x' $é\\y+/`;

/** What a tool of the host makes of a text on its stdin. */
function piped(script: string, text: string, ...args: string[]): string {
  return execFileSync('bash', ['-c', script, 'bash', ...args], { input: text, encoding: 'utf8' });
}

function html(text: string): string {
  const names: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#039;',
  };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? character);
}

function masking(...values: string[]): Mask {
  const mask = new Mask();
  for (const value of values) mask.add(value);
  return mask;
}

/** Each form is made by the tool that people would make it with; `left`: what is around the secret in it. */
const FORMS: readonly [string, (text: string) => string, left?: RegExp][] = [
  ['as it is', (text) => text],
  ['in JSON', (text) => JSON.stringify(text).slice(1, -1)],
  ['in JSON in JSON', (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3)],
  ['in JSON of ASCII', (text) => JSON.stringify(text).slice(1, -1).replace('é', '\\u00e9')],
  ['quoted for sh', (text) => text.replaceAll("'", `'\\''`)],
  ['quoted for sh by Python', (text) => text.replaceAll("'", `'"'"'`)],
  ['by printf %q of bash', (text) => piped('printf %q "$1"', '', text)],
  ['by printf %q of bash in the C locale', (text) => piped('LC_ALL=C; printf %q "$1"', '', text), /^\$''$/],
  ['as xtrace of bash shows it', (text) => piped('exec 2>&1; set -x; : "$1"', '', text), /^\+ : ''\n$/],
  ['by encodeURIComponent', encodeURIComponent],
  ['by encodeURI', encodeURI],
  ['as a form field', (text) => new URLSearchParams({ a: text }).toString().slice(2)],
  [
    'URL-encoded in small letters',
    (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  ],
  ['URL-encoded twice', (text) => encodeURIComponent(encodeURIComponent(text))],
  ['in HTML', html],
  ['in HTML in HTML', (text) => html(html(text))],
  ['in upper case', (text) => text.toUpperCase()],
  ['in lower case', (text) => text.toLowerCase()],
  ['with more white space', (text) => text.replaceAll(' ', ' \n\t ')],
  ['in hex', (text) => Buffer.from(text).toString('hex')],
  ['in hex of capitals', (text) => Buffer.from(text).toString('hex').toUpperCase()],
  ['by od', (text) => piped('od -An -v -tx1', text)],
  [
    'in hex with colons',
    (text) =>
      Buffer.from(text)
        .toString('hex')
        .replace(/..(?=.)/g, '$&:'),
  ],
  ['by base64', (text) => piped('base64 -w0', text), /^=*$/],
  ['by base64 with a line break at its end', (text) => piped('base64', `${text}\n`), /^\w*=*\n$/],
  ['by base64, one byte before it', (text) => piped('base64 -w0', `:${text}`), /^O=*$/],
  [
    'by base64, two bytes before and some behind it',
    (text) => piped('base64 -w0', `a:${text}@b`),
    /^YT\w{0,4}=*$/,
  ],
  [
    'by base64, in short lines',
    (text) => piped('base64 -w16', `user:${text}, and more`),
    /^dXNlc[\w\n]*=*\n$/,
  ],
  ['by URL-safe base64', (text) => Buffer.from(text).toString('base64url')],
];

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

  it('covers a key in the lines of base64', () => {
    const key = Buffer.alloc(1200, 'some key material, ').toString();
    expect(masking(key).of(piped('base64', `user:${key}`)).length).toBeLessThan(30);
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
    ['a secret in each', ['a half-onehalf-two', 'half-onehalf-two'], ['a [secret]', '[secret]']],
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
