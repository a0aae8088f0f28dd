/** A docstring, split into its text and what its list says of fields. */
export interface Manual {
  readonly text: string;
  readonly fields: ReadonlyMap<string, string>;
}

const BULLET = /^- (?=[^:\n]*`)(?:.*\n?)(?: {2}.*\n?)*/gm;
const NAME = /`(\w+)`/g;

/** A list entry about fields moves to the table; all other text stays. Indented code becomes a fenced block. */
export function readManual(docstring: string, isField: (name: string) => boolean): Manual {
  const fields = new Map<string, string>();
  const text = docstring
    .replace(BULLET, (bullet) => (takeBullet(bullet, isField, fields) ? '' : bullet))
    .replace(/^Fields:\n+/gm, '');
  return {
    text: fenced(text)
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    fields,
  };
}

/** An entry may describe several fields in turn: `- `content`: its text. Or `source`: a file.` */
function takeBullet(
  bullet: string,
  isField: (name: string) => boolean,
  fields: Map<string, string>,
): boolean {
  const entry = bullet.replace(/^- /, '').replace(/\s+/g, ' ').trim();
  const parts = entry.split(/(?<=\. )(?=(?:Or )?`\w+`: |One of `)/);
  const found = parts.map(namesAndText);
  if (!found.every(({ names }) => names.length > 0 && names.every(isField))) return false;
  for (const { names, text } of found) for (const name of names) fields.set(name, text);
  return true;
}

function namesAndText(part: string): { names: string[]; text: string } {
  const oneOf = part.startsWith('One of ');
  const [, head = '', text = ''] = oneOf ? [part, part, part] : (/^(?:Or )?([^:]+): (.*)$/.exec(part) ?? []);
  const names = [...head.matchAll(NAME)].map(([, name = '']) => name);
  return { names, text: sentence(text.trim().replace(/^names\b/, 'a name')) };
}

export function sentence(text: string): string {
  return text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}

function fenced(text: string): string {
  return text.replace(/(?:^ {4}.*\n?)+/gm, (code) => `${block(code.replace(/^ {4}/gm, ''))}\n`);
}

export function block(code: string): string {
  return `\`\`\`ts\n${code.trim()}\n\`\`\``;
}
