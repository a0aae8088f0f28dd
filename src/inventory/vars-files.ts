import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { refuseConflict } from './connection.ts';
import type { VarValue } from './var-value.ts';
import { varsOf } from './vars.ts';
import { YamlFile } from './yaml-file.ts';

const ENDINGS = ['', '.yml', '.yaml', '.json'];

/**
 * The vars that lie in files beside the inventory: for a group or host, NAME with one of the usual endings, or
 * all files of a folder NAME, in the order of their names.
 */
export async function varsFromFiles(
  inventory: string,
  folder: 'group_vars' | 'host_vars',
  name: string,
): Promise<VarValue[]> {
  const base = join(dirname(inventory), folder, name);
  const files = (await Promise.all(ENDINGS.map((ending) => filesAt(base + ending)))).flat();
  const vars = (await Promise.all(files.map(readVars))).flat();
  refuseConflict(`${folder}/${name}`, vars);
  return vars;
}

async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return [];
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && ENDINGS.includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function readVars(file: string): Promise<VarValue[]> {
  const yaml = await YamlFile.read(file);
  return varsOf(yaml, yaml.root, 'vars');
}
