import type { RepositorySpec } from './repository-spec.ts';

/** The file of a repository as a whole. */
export function repositoryText(spec: RepositorySpec, keys: readonly string[]): string {
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
