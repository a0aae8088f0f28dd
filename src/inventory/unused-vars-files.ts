import { readdir } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { type Inventory, nearest } from '../model/index.ts';

/** A file or folder of group_vars/ or host_vars/ whose name no group or host has, though one has nearly that. */
export interface UnusedVarsFile {
  readonly path: string;
  readonly meant: string;
}

/** Vars that nobody gets. They are told and not refused: another inventory in the folder may be the one with that name. */
export async function unusedVarsFiles({ file, groups, hosts }: Inventory): Promise<UnusedVarsFile[]> {
  const folder = (name: string) => join(dirname(file), name);
  const strays = await Promise.all([
    straysIn(folder('group_vars'), [...groups.keys()]),
    straysIn(
      folder('host_vars'),
      hosts.map(({ name }) => name),
    ),
  ]);
  return strays.flat();
}

async function straysIn(folder: string, known: readonly string[]): Promise<UnusedVarsFile[]> {
  const files = await readdir(folder).catch(() => []);
  const named = new Set(files.map(withoutEnding));
  const unset = known.filter((name) => !named.has(name));
  return files.flatMap((file) => {
    const name = withoutEnding(file);
    // web-02 is no misspelt web-01.
    const others = unset.filter((other) => withoutDigits(other) !== withoutDigits(name));
    const meant = known.includes(name) ? undefined : nearest(name, others);
    return meant === undefined ? [] : [{ path: join(folder, file), meant }];
  });
}

function withoutEnding(file: string): string {
  return ['.yml', '.yaml', '.json'].includes(extname(file)) ? file.slice(0, -extname(file).length) : file;
}

function withoutDigits(name: string): string {
  return name.replace(/\d/g, '');
}
