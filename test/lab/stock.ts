import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rememberKind } from './kind.ts';
import { runInside } from './machine.ts';
import type { Host, Net } from './names.ts';

/** Where the sudo password of `deploy` is kept; like the keys it outlives the hosts. */
export function sudoPassword(net: Net): string {
  return join(net.state, 'deploy-password');
}

const SETUP = `set -e
dnf -q -y install firewalld
systemctl -q enable --now firewalld
useradd --create-home --groups wheel deploy
install -d -m 700 -o deploy -g deploy /home/deploy/.ssh
install -m 600 -o deploy -g deploy /root/.ssh/authorized_keys /home/deploy/.ssh
chpasswd
echo 'PermitRootLogin no' >/etc/ssh/sshd_config.d/01-permitrootlogin.conf
systemctl reload sshd`;

/** Set up a fresh host that has booted. */
export async function makeStock(net: Net, host: Host): Promise<void> {
  const input = `deploy:${await readPassword(sudoPassword(net))}\n`;
  const { code, stdout, stderr } = await runInside(host, SETUP, { input });
  if (code !== 0) throw new Error(`${host.name} could not be made a stock host:\n${stdout}${stderr}`);
  await rememberKind(host, 'stock');
}

/** Made at the first need; whoever comes first, all hosts get the same one. */
async function readPassword(file: string): Promise<string> {
  const fresh = randomBytes(12).toString('base64url');
  await writeFile(file, fresh, { mode: 0o600, flag: 'wx' }).catch(() => {});
  return readFile(file, 'utf8');
}
