import type { SecretPattern } from './secret-pattern.ts';

const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'];
/** Encoders begin a new line after whole groups of four. */
const LINE_BREAK = String.raw`(?:\s|\\{1,7}[nr])*`;

/**
 * The bytes in a base64 text, in which so many bytes (0 to 2) come before them in a group of three. A character at the edge that
 * they share with a neighbour is one of several; the URL-safe alphabet counts, too.
 */
export function* base64Tokens(bytes: Buffer, before: number): Generator<string> {
  const begin = before * 8;
  const end = begin + bytes.length * 8;
  for (let index = Math.floor(begin / 6); index * 6 < end; index += 1) {
    if (index % 4 === 0 && index > 0) yield LINE_BREAK;
    yield sextetToken(bytes, index * 6 - begin);
  }
}

/** The character for the six bits from this one of the bytes on. */
function sextetToken(bytes: Buffer, from: number): string {
  let [known, value] = [0, 0];
  for (let bit = from; bit < from + 6; bit += 1) {
    const isOurs = bit >= 0 && bit < bytes.length * 8;
    known = known * 2 + (isOurs ? 1 : 0);
    value = value * 2 + (isOurs ? ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1 : 0);
  }
  const fitting = ALPHABET.filter((_, index) => (index & known) === value);
  if (fitting.length === 1) return URL_SAFE[fitting[0] ?? ''] ?? fitting.join('');
  return `[${fitting.join('').replace('+', String.raw`+\-`).replace('/', String.raw`\/_`)}]`;
}

const URL_SAFE: Readonly<Record<string, string>> = {
  '+': String.raw`(?:[+\-]|%2[Bb])`,
  '/': String.raw`(?:[/_]|\\{1,7}\/|%2[Ff])`,
};

/** How bytes in hex are kept apart: `68 65`, `68:65`, `0x68, 0x65`, `\x68\x65`, `%68%65`, by the lines of a dump. */
const APART = String.raw`[\s:,-]*(?:0x|\\+x|%)?`;
const TOGETHER = String.raw`(?:\\+x|%)?`;

/** The same in the few ways in which dumps and programs write it, between the first two bytes. */
const GAPS = [
  '',
  ' ',
  '  ',
  '\n',
  '\n ',
  '\r\n',
  ':',
  '-',
  ',',
  ', ',
  ',\n',
  ' 0x',
  ', 0x',
  ',0x',
  '\\x',
  '\\\\x',
  '%',
];

/** The bytes in hex; `apart`: also with something between them. */
export function hexPattern(bytes: Buffer, apart: boolean): SecretPattern {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  const [first = '', second = ''] = hex;
  return {
    anchors: GAPS.map((gap) => first + gap + second),
    source: () => ({
      before: [],
      rest: hex.map((byte, at) => (at === 0 ? '' : apart ? APART : TOGETHER) + byte),
    }),
    ignoreCase: true,
  };
}
