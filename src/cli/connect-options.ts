import { join } from 'node:path';
import type { ConnectOptions } from '../remote/index.ts';

/** How the hosts of a project are reached; `inventory` is the file as the command line names it. */
export function connectOptions(root: string, inventory: string): ConnectOptions {
  const own = join(root, '.trueup', 'known_hosts');
  const home = process.env.HOME;
  const users = home ? [join(home, '.ssh', 'known_hosts')] : [];
  return { knownHostsFiles: [...users, '/etc/ssh/ssh_known_hosts', own], acceptInto: own, inventory };
}
