import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findProject } from '../model/index.ts';
import type { ConnectOptions } from '../remote/index.ts';

/**
 * How the hosts of an inventory are reached; `inventory` is the file as the command line names it. Host keys are kept
 * in its project, or, for an inventory outside of any, where the secrets are: in the playbook's project.
 */
export async function connectOptions(inventory: string, playbook?: string): Promise<ConnectOptions> {
  const { secretsOf } = await import('../playbook/env.ts');
  const inventorys = projectRoot(inventory);
  const here = join(process.cwd(), 'playbook.ts');
  const root = playbook === undefined ? (inventorys ?? findProject(here).root) : findProject(playbook).root;
  const own = join(inventorys ?? root, '.trueup', 'known_hosts');
  const home = process.env.HOME;
  const users = home ? [join(home, '.ssh', 'known_hosts')] : [];
  return {
    knownHostsFiles: [...users, '/etc/ssh/ssh_known_hosts', own],
    acceptInto: own,
    inventory,
    secretOf: secretsOf(root),
  };
}

function projectRoot(file: string): string | undefined {
  const { root } = findProject(file);
  return existsSync(join(root, 'package.json')) ? root : undefined;
}
