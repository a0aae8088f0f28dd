import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Step } from './build.ts';
import { RPM_INPUTS, readList } from './inputs.ts';

/** The spec of the base system: packages without files, so that `rpm -qa` and Requires find what EL has. */
export async function baseSpec(step: Step, root: string): Promise<string> {
  const list = await readList(join(RPM_INPUTS, 'base-packages.txt'));
  const versions = await debianVersions(step, root);
  const packages = list.map((line) => subpackage(line.split(/\s+/), versions));
  return [HEAD, ...packages, await readFile(join(RPM_INPUTS, 'systemd-triggers.inc'), 'utf8')].join('\n');
}

const HEAD = `Name: base
Version: 9
Release: 1.el9
Summary: The base system
License: GPL
BuildArch: noarch

%description
The base system.
`;

/** One line of base-packages.txt as a subpackage: EL name, Debian name, what else it provides. */
export function subpackage(
  [name = '', debian = '', ...provides]: string[],
  versions: Map<string, string>,
): string {
  const version = versions.get(debian);
  if (version === undefined)
    throw new Error(`base-packages.txt: ${name} comes from ${debian}, which the root lacks`);
  return [
    `%package -n ${name}`,
    `Version: ${elVersion(version)}`,
    `Summary: ${name}`,
    'AutoReqProv: no',
    ...provides.map((what) => `Provides: ${/^[/]|[()]/.test(what) ? what : `${what} = %{version}`}`),
    `%description -n ${name}`,
    `The files of ${name} are part of the base system.`,
    `%files -n ${name}`,
    '',
  ].join('\n');
}

/** Upstream's version out of Debian's: no epoch, no Debian revision, no suffix, none of rpm's forbidden characters. */
export function elVersion(debian: string): string {
  return debian
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/\+.*$/, '')
    .replace(/[-~]/g, '.');
}

/** The lines of `dpkg-query --show`: a name, for some with its architecture, a tab, a version. */
export function parseVersions(list: string): Map<string, string> {
  const lines = list
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  return new Map(lines.map(([name = '', version = '']) => [name.replace(/:.*/, ''), version]));
}

async function debianVersions(step: Step, root: string): Promise<Map<string, string>> {
  const list = await step(['chroot', root, 'dpkg-query', '--show']);
  return parseVersions(list);
}
