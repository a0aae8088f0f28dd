import { basename } from 'node:path';

/** The unit's file and drop-ins as systemd has loaded them. It says /lib where that is a link to /usr/lib. */
export function loadedFiles(property: (name: string) => string): string[] {
  return [property('FragmentPath'), ...property('DropInPaths').split(' ')]
    .filter((path) => path !== '')
    .map((path) => path.replace(/^\/lib\//, '/usr/lib/'));
}

/** Has systemd loaded what lies on the disk? Of drop-ins with the same name only the first counts. */
export function isLoaded(onDisk: readonly string[], loaded: readonly string[]): boolean {
  const first = new Map<string, string>();
  for (const path of onDisk) {
    const name = basename(path);
    if (!first.has(name)) first.set(name, path);
  }
  return [...first.values()].every((path) => loaded.includes(path));
}
