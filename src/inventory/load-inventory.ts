import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import {
  didYouMean,
  findProject,
  InputError,
  type Inventory,
  realPathOutside,
  sudoCaller,
} from '../model/index.ts';
import { buildInventory } from './build-inventory.ts';
import { refuseConflict } from './connection.ts';
import { MOST_HOSTS } from './expand-range.ts';
import { treeOf } from './tree.ts';
import type { Vars, VarValue } from './var-value.ts';
import { varsOf } from './vars.ts';
import { YamlFile } from './yaml-file.ts';

export interface LoadOptions {
  /** How many hosts it may have. Default: 10,000. */
  readonly maxHosts?: number | undefined;
}

/**
 * Reads an inventory: YAML in the layout that Ansible has (all → children → hosts → vars), with group_vars/ and
 * host_vars/ beside it. Vars of `all` give way to those of a group, these to those of its child groups, these
 * to the host's own; on each level what is in the file itself gives way to group_vars/ or host_vars/.
 */
export async function loadInventory(path: string, { maxHosts }: LoadOptions = {}): Promise<Inventory> {
  const file = resolve(path);
  await mustBeFile(file, path);
  const tree = await hidingForeignText(file, async () =>
    treeOf(await YamlFile.read(file), maxHosts ?? MOST_HOSTS),
  );
  const [groupFiles, hostFiles] = await Promise.all([
    varsFromFiles(file, 'group_vars', tree.groups.keys()),
    varsFromFiles(file, 'host_vars', tree.hosts.keys()),
  ]);
  return buildInventory({ file, root: findProject(file).root, tree, groupFiles, hostFiles });
}

async function mustBeFile(file: string, path: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found && !found.isDirectory()) return;
  const folder = found ? file : dirname(file);
  const names = await readdir(folder).catch(() => []);
  if (!found) throw absent(path, didYouMean(basename(file), names));
  const yaml = names.filter((name) => ['.yml', '.yaml'].includes(extname(name))).join(', ');
  throw new InputError(`${path} is a folder: name the inventory file in it${yaml && `, such as ${yaml}`}`);
}

function absent(path: string, meant: string): InputError {
  const advice = meant === '' ? 'Name one with -i FILE: the default is inventory/hosts.yml.' : undefined;
  return new InputError(`there is no inventory ${path}${meant}`, { advice });
}

const ENDINGS = ['', '.yml', '.yaml', '.json'];

/**
 * The vars in files beside the inventory, of the groups or hosts that have any: NAME with one of the usual endings, or
 * all files of a folder NAME, in the order of their names. They are never those that a link finds outside of the project.
 */
async function varsFromFiles(
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

const BY_OTHERS = 0o004;

/**
 * Does what reads a file. If it is one of somebody else, such as /etc/shadow by a link, an error says only where it is:
 * what it found there could be a line that only root may see.
 */
async function hidingForeignText<T>(file: string, job: () => T | Promise<T>): Promise<T> {
  try {
    return await job();
  } catch (error) {
    const why = error instanceof InputError ? await foreign(file) : undefined;
    if (!(error instanceof InputError) || why === undefined || error.place?.file !== file) throw error;
    const advice = 'Is it the file that you mean?';
    const message = `cannot be read as an inventory or vars; what is here is not shown, as ${why}`;
    throw new InputError(message, { place: error.place, advice });
  }
}

async function foreign(file: string): Promise<string | undefined> {
  const real = realPathOutside(file);
  if (real !== undefined) return `it is a link to ${real}, outside of the project`;
  const caller = sudoCaller();
  const found = await stat(file).catch(() => undefined);
  if (!found) return undefined;
  const isSecret = caller !== undefined && found.uid !== caller && (found.mode & BY_OTHERS) === 0;
  return isSecret ? 'only root may read it' : undefined;
}
