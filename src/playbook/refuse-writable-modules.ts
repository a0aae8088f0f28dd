import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { findProject, refuseWritable } from '../model/index.ts';

const IMPORT = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"]([^'"\n]+)['"]/g;
const ENDINGS = ['', '.ts', '.mts', '.js', '.mjs', '/index.ts', '/index.js'];

/**
 * Refuses a playbook that others may write to, or that imports such a file of its own project, or a package from such a
 * folder.
 */
export function refuseWritableModules(file: string, seen: Set<string> = new Set()): void {
  if (seen.has(file)) return;
  seen.add(file);
  refuseWritable(file);
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    if (/^\.{1,2}\//.test(specifier)) {
      const imported = ENDINGS.map((ending) => resolve(dirname(file), specifier + ending)).find(isFile);
      if (imported !== undefined) refuseWritableModules(imported, seen);
    } else refuseWritablePackage(specifier, file, seen);
  }
}

/** The folder and the manifest of a package; what is in it was put there by whoever may write to these. */
function refuseWritablePackage(specifier: string, file: string, seen: Set<string>): void {
  const name = /^(?:@[\w.-]+\/)?[\w.-]+/.exec(specifier)?.[0];
  if (name === undefined) return;
  const { root } = findProject(file);
  for (let folder = dirname(file); !relative(root, folder).startsWith('..'); folder = dirname(folder)) {
    const manifest = join(folder, 'node_modules', name, 'package.json');
    if (isFile(manifest) && !seen.has(manifest)) {
      seen.add(manifest);
      refuseWritable(manifest);
    }
    if (folder === dirname(folder)) return;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
