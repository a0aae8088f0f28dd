import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { refuseWritable } from '../model/index.ts';

const IMPORT = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;
const ENDINGS = ['', '.ts', '.mts', '.js', '.mjs', '/index.ts', '/index.js'];

/** Refuses a playbook that others may write to, or that imports such a file of its own project. */
export function refuseWritableModules(file: string, seen: Set<string> = new Set()): void {
  if (seen.has(file)) return;
  seen.add(file);
  refuseWritable(file);
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const imported = ENDINGS.map((ending) => resolve(dirname(file), specifier + ending)).find(isFile);
    if (imported !== undefined) refuseWritableModules(imported, seen);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
