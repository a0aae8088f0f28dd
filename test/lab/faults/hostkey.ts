import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from '../exec.ts';
import { hostKey } from '../keys.ts';
import type { Host } from '../names.ts';
import type { Fault } from './fault.ts';

const keyOf = (host: Host) => join(host.root, 'etc/ssh/ssh_host_ed25519_key');
const read = (path: string) => readFile(`${path}.pub`, 'utf8').catch(() => undefined);

/** sshd reads its keys anew for each connection. */
export const hostkey: Fault = {
  inside: true,
  does: 'it has another host key than the one that known_hosts knows',
  async cause({ host }) {
    const generate =
      'rm -f "$1.new"; ssh-keygen -q -t ed25519 -N "" -C other -f "$1.new" && mv "$1.new" "$1" && mv "$1.new.pub" "$1.pub"';
    await must(['sh', '-c', generate, 'sh', keyOf(host)]);
  },
  async mend({ host }) {
    await copyFile(hostKey(host), keyOf(host));
    await copyFile(`${hostKey(host)}.pub`, `${keyOf(host)}.pub`);
  },
  async isOn({ host }) {
    const [kept, shown] = await Promise.all([read(hostKey(host)), read(keyOf(host))]);
    return shown !== undefined && kept !== undefined && shown !== kept;
  },
};
