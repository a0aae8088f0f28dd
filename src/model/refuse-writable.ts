import { statSync } from 'node:fs';
import { quoteWord } from './command.ts';
import { InputError } from './errors.ts';

/** Refuses a file that others may write to: what stands in it would run, as root, on every host. */
export function refuseWritable(path: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o002) === 0) return;
  const digits = (mode & 0o7777).toString(8).padStart(4, '0');
  throw new InputError(`${path}: any user of this machine may write to it (mode ${digits}): it is not read`, {
    advice: `See whether it still says what you mean, then: chmod o-w ${quoteWord(path)}`,
  });
}
