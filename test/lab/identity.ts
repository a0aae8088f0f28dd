import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CLIENT_KEY, hostKey } from './keys.ts';
import type { Host, Net } from './names.ts';

/** Write what tells one host from the others onto its mounted disk: names, address, machine ID, keys. */
export async function giveIdentity(net: Net, host: Host): Promise<void> {
  const at = (path: string) => join(host.root, path);
  for (const [path, content] of Object.entries(identityFiles(net, host))) {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), content);
    await chmod(at(path), 0o644);
  }
  await mkdir(at('root/.ssh'), { recursive: true, mode: 0o700 });
  await copyFile(`${CLIENT_KEY}.pub`, at('root/.ssh/authorized_keys'));
  await copyFile(hostKey(host), at('etc/ssh/ssh_host_ed25519_key'));
  await copyFile(`${hostKey(host)}.pub`, at('etc/ssh/ssh_host_ed25519_key.pub'));
}

/** The text files among them. There is no gateway: a host reaches its net and nothing else. */
export function identityFiles(net: Net, host: Host): Record<string, string> {
  const everybody = net.hosts.map(({ address, hostname, name }) => `${address} ${hostname} ${name}\n`);
  return {
    'etc/hostname': `${host.hostname}\n`,
    'etc/hosts': `127.0.0.1 localhost localhost.localdomain\n::1 localhost localhost.localdomain\n${everybody.join('')}`,
    'etc/machine-id': `${createHash('sha256').update(`${net.cidr} ${host.name}`).digest('hex').slice(0, 32)}\n`,
    'etc/systemd/network/10-host0.network': `[Match]
Name=host0

[Network]
Address=${host.address}/24
LinkLocalAddressing=no
IPv6AcceptRA=no
`,
  };
}
