import { execFileSync } from 'node:child_process';

/** What a tool of the host makes of a text on its stdin. */
export function piped(script: string, text: string, ...args: string[]): string {
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

/** Each form is made by the tool that people would make it with; `left`: what is around the secret in it. */
export const FORMS: readonly [string, (text: string) => string, left?: RegExp][] = [
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
