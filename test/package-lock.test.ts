import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

interface Entry {
  readonly integrity?: string;
  readonly resolved?: string;
}

const ROOT = join(import.meta.dirname, '..');
const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Entry>>;
};
/** The entry without a path is the project itself. */
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

function pathsWhere(is: (entry: Entry) => boolean): string[] {
  return packages.flatMap(([path, entry]) => (is(entry) ? [path] : []));
}

it('package-lock.json has the sha512 of every package, those of other platforms included', () => {
  const isSha512 = ({ integrity = '' }: Entry) => /^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity);
  expect(pathsWhere((entry) => !isSha512(entry))).toEqual([]);
  expect(packages.some(([path]) => path.includes('darwin') || path.includes('win32'))).toBe(true);
});

it('package-lock.json names no server (see .npmrc)', () => {
  expect(pathsWhere(({ resolved }) => resolved !== undefined)).toEqual([]);
});
