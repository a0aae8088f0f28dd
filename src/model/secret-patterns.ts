/** What a form of a secret looks like: the source of a regular expression for each of its characters. */
export interface SecretPattern {
  /** Plain texts of which one is in it; letters of any case. */
  readonly anchors: readonly string[];
  /** What comes before an anchor, and the rest from the anchor on. Made when it is needed: a key has thousands of characters. */
  source(): { readonly before: readonly string[]; readonly rest: readonly string[] };
  /** Found in upper, lower and mixed case, too. */
  readonly ignoreCase: boolean;
}

const PLAIN = /^[A-Za-z0-9]$/;

/** A shorter one would be found everywhere: masking it would leave no text to read, and reveal it as well. */
export const SHORTEST_SECRET = 4;

/** From this length on, a form that needs luck to appear elsewhere is looked for: letters of another case, spaced hex. */
const DISTINCT = 6;

/** Every form in which a secret may turn up in a text: as it is, quoted or escaped, a line of it, base64, hex. */
export function patternsOf(secret: string): SecretPattern[] {
  const value = secret.trim();
  const lines = value.split('\n').map((line) => line.trim());
  const texts = [value, ...otherCases(value), ...lines].filter((text) => text.length >= SHORTEST_SECRET);
  const plain = [...new Set(texts)].flatMap(splitText);
  const encoded = splitText(value).map((piece) => Buffer.from(piece));
  return [
    ...plain.map((text) => anchored(() => escapedTokens(text), isDistinct(text), text[0])),
    ...encoded.flatMap((bytes) =>
      [0, 1, 2].map((before) => anchored(() => base64Tokens(bytes, before), false)),
    ),
    ...encoded.map((bytes) => hexPattern(bytes, bytes.length >= DISTINCT)),
  ];
}

/** Characters of a pattern: a regular expression for a whole key would be too large. */
const LONGEST = 400;

/** Pieces of about one length, none so short that other texts have it in them. */
function splitText(text: string): string[] {
  const characters = [...text];
  const size = Math.ceil(characters.length / Math.ceil(characters.length / LONGEST));
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters
      .slice(index * size, (index + 1) * size)
      .join('')
      .trim(),
  );
}

/** The text itself, in no other form. */
export function literalPattern(text: string): SecretPattern {
  return anchored(
    () => [...text].map((character) => (PLAIN.test(character) ? character : `\\${character}`)),
    false,
  );
}

/** How many tokens from its beginning on are searched for an anchor, and how long that needs to be. */
const NEAR = 40;
const LONG_ENOUGH = 8;

/** With the longest row of plain characters that is near its beginning; `first`: its first character, if there is no such row. */
function anchored(tokens: () => Iterable<string>, ignoreCase: boolean, first = ''): SecretPattern {
  const near = [...take(tokens(), NEAR)];
  let [at, length] = [0, 0];
  for (let from = 0; from < near.length; from += 1) {
    const end = near.findIndex((token, index) => index >= from && !PLAIN.test(token));
    const row = Math.min((end < 0 ? near.length : end) - from, LONG_ENOUGH);
    if (row > length) [at, length] = [from, row];
  }
  return {
    anchors: length > 0 ? [near.slice(at, at + length).join('')] : [first, ...ESCAPES],
    source() {
      const all = [...tokens()];
      return { before: all.slice(0, at), rest: all.slice(at) };
    },
    ignoreCase,
  };
}

/** What escaped forms of other characters than letters and digits begin with. */
const ESCAPES = ['\\', '%', '&', "'", '"'];

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left === 0) return;
    left -= 1;
    yield item;
  }
}

/** Some letters, such as ß, become two in their other case, which no regular expression knows. */
function otherCases(text: string): string[] {
  return [text.toUpperCase(), text.toLowerCase()].filter((other) => other.length !== text.length);
}

/** A short word, such as `Port`, would be found in its other case all over a text. */
function isDistinct(text: string): boolean {
  return text.length >= DISTINCT || !/^\p{L}+$/u.test(text);
}

/** White space matches any other white space, so that a text may be collapsed or wrapped. */
function* escapedTokens(text: string): Generator<string> {
  for (const [part] of text.matchAll(/\s+|\S/gu)) yield part.trim() === '' ? WHITE : characterToken(part);
}

/** Also escaped by JSON, bash, a URL or HTML. Bounded: a long row of plus signs must not take quadratic time. */
const WHITE = String.raw`(?:\s|\\{1,7}[\snrtvf]|%(?:25)*(?:20|0[9a-dA-D])|\+|&(?:amp;)*(?:nbsp|#0*(?:32|9|10|13)|#[xX]0*(?:20|9|[aAdD]));){1,200}`;

/**
 * One character as it is, behind backslashes (JSON in JSON has three), as `%C3%A9`, `&#233;`, `&amp;lt;`, `\u00e9` or `\303\251`.
 * Letters and digits, which no common encoder touches, stand for themselves: most of a pattern is plain text.
 */
function characterToken(character: string): string {
  if (PLAIN.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const bytes = [...Buffer.from(character)];
  const literal = character.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  const joined = (byte: (value: number) => string) => bytes.map(byte).join('');
  const hex = (value: number) => value.toString(16).padStart(2, '0').replace(/[a-f]/g, eitherCase);
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  const forms = [
    character === '\\' ? String.raw`\\{1,15}` : String.raw`\\{0,7}${literal}`,
    joined((byte) => `%(?:25)*${hex(byte)}`),
    joined((byte) => String.raw`\\{1,8}x${hex(byte)}`),
    joined((byte) => String.raw`\\{1,8}${byte.toString(8).padStart(3, '0')}`),
    units.map((unit) => String.raw`\\{1,8}u${hex(unit >> 8)}${hex(unit & 255)}`).join(''),
    `&(?:amp;)*#0*${code};`,
    `&(?:amp;)*#[xX]0*${code.toString(16).replace(/[a-f]/g, eitherCase)};`,
    ...(SPECIAL[character] ?? []),
  ];
  return `(?:${forms.join('|')})`;
}

function eitherCase(letter: string): string {
  return `[${letter}${letter.toUpperCase()}]`;
}

/** Names of HTML; quotes as sh, SQL and CSV write them within quotes of the same kind. */
const SPECIAL: Readonly<Record<string, readonly string[]>> = {
  '&': ['&(?:amp;)+'],
  '<': ['&(?:amp;)*lt;'],
  '>': ['&(?:amp;)*gt;'],
  '"': ['&(?:amp;)*quot;', '""'],
  "'": ['&(?:amp;)*apos;', String.raw`'\\{1,8}''`, String.raw`'\\{0,7}"'\\{0,7}"'`, "''"],
};

const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'];
/** Encoders begin a new line after whole groups of four. */
const LINE_BREAK = String.raw`(?:\s|\\{1,7}[nr])*`;

/**
 * The bytes in a base64 text, in which so many bytes (0 to 2) come before them in a group of three. A character at the edge that
 * they share with a neighbour is one of several; the URL-safe alphabet counts, too.
 */
function* base64Tokens(bytes: Buffer, before: number): Generator<string> {
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
function hexPattern(bytes: Buffer, apart: boolean): SecretPattern {
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
