import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { didYouMean, findProject, InputError, type Inventory } from '../model/index.ts';
import { buildInventory } from './build-inventory.ts';
import { MOST_HOSTS } from './expand-range.ts';
import { hidingForeignText } from './foreign-file.ts';
import { treeOf } from './tree.ts';
import { varsFromFiles } from './vars-files.ts';
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
