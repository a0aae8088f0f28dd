import { isIP } from 'node:net';
import { Secret } from '../../model/index.ts';

/** What `<%= … %>` writes for a value: its text, or an error where there is no honest one. */
export function lineText(value: unknown): string {
  const text = plainText(value);
  if (/[\n\r]/.test(text))
    throw new TypeError('the value holds a line break, which would begin a new line of the file');
  if (text.includes('\0')) throw new TypeError('the value holds a NUL byte');
  return text;
}

function plainText(value: unknown): string {
  if (value instanceof Secret) return value.reveal();
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) throw new TypeError('the value is a list: join it, or write a loop');
  throw new TypeError(`the value is ${value === null ? 'null' : kindOf(value)}, not a text or a number`);
}

function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'undefined' ? 'undefined' : `of type ${typeof value}`;
}

/** What every template may call besides its own data. Each gives the text to write, or throws. */
export const templateHelpers = {
  /** One word: not empty, no white space, no quotes, no backslash. */
  word(value: unknown): string {
    const text = lineText(value);
    if (/^[^\s"'`\\\p{Cc}]+$/u.test(text)) return text;
    throw new TypeError('word: the value is empty, or holds white space, a quote or a backslash');
  },

  /** In double quotes, with `"` and `\` escaped. */
  quoted(value: unknown): string {
    return `"${lineText(value).replace(/["\\]/g, '\\$&')}"`;
  },

  /** An IPv4 or IPv6 address. */
  ip(value: unknown): string {
    const text = lineText(value);
    if (isIP(text) !== 0) return text;
    throw new TypeError(`ip: ${JSON.stringify(text)} is not an IP address`);
  },

  /** A port number, 1 to 65535. */
  port(value: unknown): string {
    const text = lineText(value);
    if (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65535) return text;
    throw new TypeError(`port: ${JSON.stringify(text)} is not a port number`);
  },
};
