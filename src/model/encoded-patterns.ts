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
    const wrap = index % 4 === 0 && index > 0 ? LINE_BREAK : '';
    yield wrap + sextetToken(bytes, index * 6 - begin);
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
const APART = String.raw`(?:[\s:,-]*(?:0x|\\{1,8}x|%)?)`;
const TOGETHER = String.raw`(?:\\{1,8}x|%)?`;

/** The bytes in hex; `apart`: also with something between them. */
export function* hexTokens(bytes: Buffer, apart: boolean): Generator<string> {
  const between = apart ? APART : TOGETHER;
  for (const [index, byte] of bytes.entries())
    yield (index === 0 ? '' : between) + byte.toString(16).padStart(2, '0');
}
