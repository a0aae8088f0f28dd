import { basename } from 'node:path';
import type { BootFile } from './read-settings.ts';
import { normalise, pathOf, type Setting } from './setting.ts';

/** A setting that another file sets otherwise at the next boot. */
export interface Overruled {
  readonly setting: Setting;
  readonly file: string;
  readonly value: string;
}

/** At boot the files are read by the order of their names, whatever folder they lie in; the last one wins. */
export function overruled(
  settings: readonly Setting[],
  own: string,
  files: readonly BootFile[],
): Overruled[] {
  const later = files
    .filter(({ path }) => rank(path) > rank(own))
    .sort((a, b) => (rank(a.path) < rank(b.path) ? -1 : 1));
  const last = new Map<string, { file: string; value: string }>();
  for (const { path: file, lines } of later) {
    for (const line of lines) {
      const [, key, value] = /^\s*-?\s*([^\s=]+)\s*=(.*)$/.exec(line) ?? [];
      if (key !== undefined && value !== undefined) last.set(pathOf(key), { file, value: normalise(value) });
    }
  }
  return settings.flatMap((setting) => {
    const found = last.get(setting.path);
    return found && found.value !== setting.value ? [{ setting, ...found }] : [];
  });
}

/** `sysctl --system` reads /etc/sysctl.conf last; systemd reads it under the name of a link to it. */
function rank(path: string): string {
  return path === '/etc/sysctl.conf' ? '\uffff' : basename(path);
}
