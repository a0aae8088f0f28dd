import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { InputError, realPathOutside } from '../model/index.ts';
import { refuseConflict } from './connection.ts';
import { hidingForeignText } from './foreign-file.ts';
import type { Vars, VarValue } from './var-value.ts';
import { varsOf } from './vars.ts';
import { YamlFile } from './yaml-file.ts';

const ENDINGS = ['', '.yml', '.yaml', '.json'];

/**
 * The vars in files beside the inventory, of the groups or hosts that have any: NAME with one of the usual endings, or
 * all files of a folder NAME, in the order of their names. They are never those that a link finds outside of the project.
 */
export async function varsFromFiles(
  inventory: string,
  folder: 'group_vars' | 'host_vars',
  names: Iterable<string>,
): Promise<Map<string, Vars>> {
  const path = join(dirname(inventory), folder);
  const present = new Set(await readdir(path).catch(() => []));
  const found = [...names].map((name) => ({
    name,
    files: ENDINGS.map((ending) => name + ending).filter((file) => present.has(file)),
  }));
  const read = found
    .filter(({ files }) => files.length > 0)
    .map(async ({ name, files }) => {
      const all = (await Promise.all(files.map((file) => filesAt(join(path, file))))).flat();
      const vars = (await Promise.all(all.map(readVars))).flat();
      refuseConflict(`${folder}/${name}`, vars);
      return [name, vars] as const;
    });
  return new Map(await Promise.all(read));
}

async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return [];
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .filter(({ name }) => !name.startsWith('.') && ENDINGS.includes(extname(name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function readVars(file: string): Promise<VarValue[]> {
  await refuseOdd(file);
  return hidingForeignText(file, async () => {
    const yaml = await YamlFile.read(file);
    return varsOf(yaml, yaml.root, 'vars');
  });
}

/** The user did not name these files: anyone who can put a link here must not choose what is read. */
async function refuseOdd(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found)
    throw new InputError(`${file} is a link to nothing`, { advice: 'Remove it, or mend the link.' });
  if (!found.isFile()) throw new InputError(`${file} is not a regular file`);
  const real = realPathOutside(file);
  if (real === undefined) return;
  throw new InputError(`${file} is a link to ${real}, outside of the project: it is not read`, {
    advice: 'Copy the vars into the project.',
  });
}
