import { existsSync, lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { quoteWord } from './command.ts';
import { InputError } from './errors.ts';
import { groupName, isShared, isTrusted, userName } from './trusted-users.ts';

const BY_ANYBODY = 0o002;
const BY_GROUP = 0o020;
/** In a folder with it, such as /tmp, files can be replaced by their owners only. */
const STICKY = 0o1000;

/**
 * Refuses a file that other users may write to or replace: what it says would run, as root, on every host. The file, and
 * its folders up to the project's root, must belong to the user or to root, and neither everyone nor a group with other
 * members may write to them. Where links lead elsewhere, the same holds for the way to the real file.
 */
export function refuseWritable(path: string): void {
  const given = resolve(path);
  const file = statOf(given);
  // The caller reports that it is missing.
  if (!file) return;
  refuse(given, given, file);
  // A pipe, such as <(command), is in no folder.
  if (!file.isFile() && !file.isDirectory()) return;
  const root = rootOf(given);
  refuseFolders(given, given, root);
  const real = realpathSync(given);
  if (real === given) return;
  refuse(given, real, file);
  const realRoot = realpathSync(root);
  refuseFolders(given, real, isInside(real, realRoot) ? realRoot : '/');
}

/** Where a file really is, if links lead out of its project. */
export function realPathOutside(path: string): string | undefined {
  const given = resolve(path);
  const file = statOf(given);
  if (!file?.isFile() && !file?.isDirectory()) return undefined;
  const real = realpathSync(given);
  return isInside(real, realpathSync(rootOf(given))) ? undefined : real;
}

/** The project's root, as `findProject` has it; but a link to a folder does not begin a project of its own. */
function rootOf(file: string): string {
  let linked: string | undefined;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) {
      if (!lstatSync(folder).isSymbolicLink()) return folder;
      linked = folder;
    }
    if (folder === dirname(folder)) return linked ?? dirname(file);
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith('../');
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function refuseFolders(given: string, path: string, last: string): void {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const found = statOf(folder);
    if (found) refuse(given, folder, found);
    if (folder === last || folder === dirname(folder)) return;
  }
}

function refuse(given: string, at: string, { uid, gid, mode }: Stats): void {
  const isFolder = at !== given && realpathSync(given) !== at;
  if (!isTrusted(uid)) throw belongsToAnother(given, at, isFolder, uid);
  if (isFolder && (mode & STICKY) !== 0) return;
  if ((mode & BY_ANYBODY) !== 0) throw writable(given, at, isFolder, mode, 'any user of this machine', 'o-w');
  if ((mode & BY_GROUP) === 0 || !isShared(gid)) return;
  throw writable(given, at, isFolder, mode, `other users in the group ${groupName(gid)}`, 'g-w');
}

function belongsToAnother(given: string, at: string, isFolder: boolean, uid: number): InputError {
  const whose = `belongs to ${userName(uid)}, neither to you nor to root`;
  const what = isFolder ? `its folder ${at} ${whose}` : `${at === given ? 'it' : at} ${whose}`;
  return new InputError(`${given}: ${what}: it is not read`, {
    advice: `Run trueup as ${userName(uid)}; or see whether it says what you mean, then: chown "$(id -u)" ${quoteWord(at)}`,
  });
}

function writable(
  given: string,
  at: string,
  isFolder: boolean,
  mode: number,
  who: string,
  change: string,
): InputError {
  const digits = (mode & 0o7777).toString(8).padStart(4, '0');
  const may = isFolder ? 'replace it' : 'write to it';
  const folder = at === dirname(given) ? 'its folder' : `the folder ${at}`;
  const which = isFolder ? `${folder} has the mode ${digits}` : `mode ${digits}`;
  return new InputError(`${given}: ${who} may ${may} (${which}): it is not read`, {
    advice: `See whether it still says what you mean, then: chmod ${change} ${quoteWord(at)}`,
  });
}
