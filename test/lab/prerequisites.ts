import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exec, must } from './exec.ts';

/** Commands, or files, and the Debian package that brings each. */
export type Tools = Readonly<Record<string, string>>;

/** What the lab calls on this machine. */
const TOOLS: Tools = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  rpmbuild: 'rpm',
  createrepo_c: 'createrepo-c',
  gpg: 'gnupg',
  ip: 'iproute2',
  nft: 'nftables',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  flock: 'util-linux',
  nsenter: 'util-linux',
  mount: 'mount',
  '/usr/share/keyrings/debian-archive-keyring.gpg': 'debian-archive-keyring',
};

/** What the lab calls for directors. */
export const UML_TOOLS: Tools = {
  '/usr/bin/linux.uml': 'user-mode-linux',
  gcc: 'gcc',
  '/usr/include/stdio.h': 'libc6-dev',
};

/** What the lab calls for hosts with SELinux, to build their root and to boot them. */
export const QEMU_TOOLS: Tools = {
  'qemu-system-x86_64': 'qemu-system-x86',
  cpio: 'cpio',
  mke2fs: 'e2fsprogs',
  setfiles: 'policycoreutils',
  'dpkg-deb': 'dpkg',
  bunzip2: 'bzip2',
};

/** Whether this is a machine for the lab: install what is missing, or say in one message why that cannot be. */
export async function ensureTools(say: (line: string) => void, tools: Tools = TOOLS): Promise<void> {
  const missing = Object.keys(tools).filter((tool) => !isThere(tool));
  const obstacle = whyNot(process.getuid?.() === 0, isThere('apt-get'));
  if (obstacle !== undefined)
    throw new Error([obstacle, ...missing.map((tool) => needs(tool, tools))].join('\n'));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => tools[tool] ?? tool))];
  say(`installing ${packages.join(', ')}`);
  await exec(['apt-get', '-q', 'update'], { seconds: 300 }); // one broken source is no reason to stop: the install decides
  const install = [
    'apt-get',
    '-q',
    '-y',
    '-o',
    'DPkg::Lock::Timeout=300',
    '--no-install-recommends',
    'install',
    ...packages,
  ];
  await must(install, { seconds: 600, env: { DEBIAN_FRONTEND: 'noninteractive' } });
}

/** Why the lab cannot run here; undefined where it can. */
export function whyNot(isRoot: boolean, hasApt: boolean): string | undefined {
  if (!isRoot) return 'the lab needs root: it makes network bridges, mounts and systemd-nspawn machines';
  if (!hasApt) return 'the lab needs Debian or Ubuntu: it builds its hosts from Debian packages with apt-get';
  return undefined;
}

function needs(tool: string, tools: Tools): string {
  return `  missing here: ${tool} (Debian package ${tools[tool]})`;
}

function isThere(tool: string): boolean {
  if (tool.startsWith('/')) return existsSync(tool);
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, tool)));
}
