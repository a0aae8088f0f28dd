import type { ManagedFile } from '../files/managed-file.ts';

/** The file that has the module loaded at boot. */
export function bootFile(name: string): ManagedFile {
  const content = Buffer.from(`# trueup writes this file as a whole; see modules-load.d(5).\n${name}\n`);
  return { path: `/etc/modules-load.d/${name}.conf`, content, mode: '0644', owner: 'root', group: 'root' };
}
