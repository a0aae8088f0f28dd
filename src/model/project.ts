import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Project } from './resource.ts';

/** The project of a file: the nearest folder above it with a package.json, else the file's own folder. */
export function findProject(file: string): Project {
  const start = dirname(resolve(file));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return { root: folder };
    if (folder === dirname(folder)) return { root: start };
  }
}
