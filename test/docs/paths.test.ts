import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DOCUMENTS, ROOT } from './samples.ts';

it.each(DOCUMENTS)('%s names only files that exist', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const named = [...text.matchAll(/\b(?:src|test)\/[\w./-]+\.(?:ts|mjs|py|sh)\b/g)].map(([path]) => path);
  const missing = named.filter((path) => !path.includes('my-thing') && !existsSync(join(ROOT, path)));
  expect([...new Set(missing)]).toEqual([]);
});

it.each(DOCUMENTS)('%s links only to documents that exist', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
  const missing = links.filter((link) => !existsSync(join(ROOT, document, '..', link)));
  expect(missing).toEqual([]);
});
