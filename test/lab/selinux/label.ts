import { join } from 'node:path';
import { must } from '../exec.ts';

const CONTEXTS = 'etc/selinux/targeted/contexts/files/file_contexts';

/** Label paths of a root as its own policy wants them, with this machine's setfiles: its kernel need not know SELinux. */
export async function label(root: string, paths: readonly string[]): Promise<void> {
  const targets = paths.map((path) => join(root, path));
  await must(['setfiles', '-F', '-r', root, join(root, CONTEXTS), ...targets], { seconds: 120 });
}
