import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { quoteWord } from './command.ts';
import { InputError } from './errors.ts';

const BY_ANYBODY = 0o002;
/** In a folder with it, such as /tmp, files can be replaced by their owners only. */
const STICKY = 0o1000;

/** Refuses a file that others may write to or replace: what stands in it would run, as root, on every host. */
export function refuseWritable(path: string): void {
  const mode = modeOf(path);
  if (mode === undefined) return;
  if ((mode & BY_ANYBODY) !== 0) throw refused(path, 'write to it', path, mode);
  const folder = dirname(path);
  const around = modeOf(folder) ?? 0;
  if ((around & (BY_ANYBODY | STICKY)) === BY_ANYBODY) throw refused(path, 'replace it', folder, around);
}

function modeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mode;
}

function refused(path: string, may: string, open: string, mode: number): InputError {
  const digits = (mode & 0o7777).toString(8).padStart(4, '0');
  const which = open === path ? `mode ${digits}` : `its folder has the mode ${digits}`;
  return new InputError(`${path}: any user of this machine may ${may} (${which}): it is not read`, {
    advice: `See whether it still says what you mean, then: chmod o-w ${quoteWord(open)}`,
  });
}
