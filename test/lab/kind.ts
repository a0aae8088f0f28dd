import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, Misuse } from './names.ts';

/** What a new host is like. */
export interface Kind {
  /** As an installation of EL leaves it: firewalld runs, root may not log in, `deploy` may with the same key, and has a sudo password. */
  stock?: boolean;
  /** With a kernel of its own, an ext4 disk and SELinux enforcing, under a policy that is EL's in what matters here. */
  selinux?: boolean;
}

const KINDS = ['stock', 'selinux'] as const;
type KindName = (typeof KINDS)[number];

/** Whether the host's disk was made so. */
export function isKind(host: Host, kind: KindName): boolean {
  return existsSync(marker(host, kind));
}

export async function rememberKind(host: Host, kind: KindName): Promise<void> {
  await writeFile(marker(host, kind), '');
}

/** Whether the host has a Linux kernel of its own, or shares this machine's. */
export function hasOwnKernel(host: Host): boolean {
  return host.ownKernel || isKind(host, 'selinux');
}

/** Both kinds need a way in that the other one closes: the lab reaches a kernel of its own only as root through sshd. */
export function refuseImpossible(hosts: readonly Host[], kind: Kind): void {
  if (kind.stock && kind.selinux) throw new Misuse('a host cannot be both stock and selinux');
  const directors = hosts.filter(({ ownKernel }) => ownKernel).map(({ name }) => name);
  for (const name of KINDS)
    if (kind[name] && directors.length > 0)
      throw new Error(`cannot be ${name} hosts: ${directors.join(', ')}`);
}

/** A host stays what it was made: only `reset` makes it anew. */
export function refuseOthers(hosts: readonly Host[], kind: Kind): void {
  for (const name of KINDS) {
    const others = hosts.filter((host) => kind[name] && existsSync(host.folder) && !isKind(host, name));
    const names = others.map((host) => host.name).join(', ');
    if (others.length > 0)
      throw new Error(
        `not ${name}: ${names}; 'reset --${name} ${names.replaceAll(',', '')}' makes them anew as ${name} hosts`,
      );
  }
}

function marker(host: Host, kind: KindName): string {
  return join(host.folder, kind);
}
