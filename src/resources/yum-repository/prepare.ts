import { resolve } from 'node:path';
import type { Project } from '../../model/index.ts';
import { fromLaptop } from '../files/from-laptop.ts';
import type { ManagedFile } from '../files/managed-file.ts';
import { keyIds } from './key-ids.ts';
import type { RepositorySpec } from './repository-spec.ts';

/** A key that packages of the repository are signed with. */
export type Key =
  /** Of the laptop: goes to the host as a file. */
  | {
      readonly from: 'laptop';
      readonly url: string;
      readonly file: ManagedFile;
      readonly ids: readonly string[];
    }
  /** A file of the host, which some package brings. */
  | { readonly from: 'host'; readonly url: string; readonly path: string }
  /** Only rpm on the host can tell what it is. */
  | { readonly from: 'web'; readonly url: string };

export interface Repository {
  readonly id: string;
  readonly state: 'present' | 'absent';
  readonly file: ManagedFile;
  /** None where nothing is checked. */
  readonly keys: readonly Key[];
}

export async function prepareRepository(spec: RepositorySpec, project: Project): Promise<Repository> {
  const given = spec.gpgkey === undefined || spec.state === 'absent' ? [] : [spec.gpgkey].flat();
  const keys = await Promise.all(given.map((key, index) => keyOf(key, keyPath(spec.id, index), project)));
  const text =
    spec.state === 'absent'
      ? ''
      : repositoryText(
          spec,
          keys.map(({ url }) => url),
        );
  return { id: spec.id, state: spec.state, file: standing(repositoryPath(spec.id), Buffer.from(text)), keys };
}

export function repositoryPath(id: string): string {
  return `/etc/yum.repos.d/${id}.repo`;
}

/** Where the keys of the laptop go to on the host. */
export function keyPaths({ id, gpgkey, state }: RepositorySpec): string[] {
  if (gpgkey === undefined || state === 'absent') return [];
  return [gpgkey].flat().flatMap((key, index) => (isUrl(key) ? [] : [keyPath(id, index)]));
}

function keyPath(id: string, index: number): string {
  return `/etc/pki/rpm-gpg/RPM-GPG-KEY-${id}${index === 0 ? '' : `-${index + 1}`}`;
}

async function keyOf(key: string, path: string, { root }: Project): Promise<Key> {
  if (isUrl(key)) {
    return key.startsWith('file:///')
      ? { from: 'host', url: key, path: key.slice(7) }
      : { from: 'web', url: key };
  }
  const content = await fromLaptop(resolve(root, key));
  return {
    from: 'laptop',
    url: `file://${path}`,
    file: standing(path, content),
    ids: keyIds(String(content), key),
  };
}

function isUrl(key: string): boolean {
  return /^(https?|ftp|file):\/\//.test(key);
}

function standing(path: string, content: Buffer): ManagedFile {
  return { path, content, mode: '0644', owner: 'root', group: 'root' };
}

/** The file of a repository as a whole. */
function repositoryText(spec: RepositorySpec, keys: readonly string[]): string {
  const { id, state: _, gpgkey: __, ...options } = spec;
  const all = { ...options, ...(keys.length === 0 ? {} : { gpgkey: keys }) };
  const lines = Object.entries(all).flatMap(([option, value]) =>
    value === undefined ? [] : [`${option}=${shown(value)}\n`],
  );
  return `# trueup writes this file as a whole; see dnf.conf(5).\n[${id}]\n${lines.join('')}`;
}

function shown(value: string | number | boolean | readonly string[]): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'object' ? value.join(' ') : String(value);
}
