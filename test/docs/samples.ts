import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** All documents for people, by their path in the project. */
export const DOCUMENTS = [
  ...['README.md', 'ARCHITECTURE.md', 'SECURITY.md'],
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export interface Sample {
  readonly language: string;
  readonly text: string;
  /** Such as `README.md:42`. */
  readonly place: string;
}

/** The fenced blocks of a document. */
export function samplesIn(document: string): Sample[] {
  const lines = readFileSync(join(ROOT, document), 'utf8').split('\n');
  const samples: Sample[] = [];
  let open: { language: string; from: number } | undefined;
  for (const [index, line] of lines.entries()) {
    const [, language] = /^```(\w*)$/.exec(line) ?? [];
    if (language === undefined) continue;
    if (open) {
      const text = `${lines.slice(open.from, index).join('\n')}\n`;
      samples.push({ language: open.language, text, place: `${document}:${open.from}` });
    }
    open = open ? undefined : { language, from: index + 1 };
  }
  return samples;
}
