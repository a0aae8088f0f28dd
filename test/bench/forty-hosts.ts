import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from '../../src/model/index.ts';
import { type Sshd, startSshd } from '../remote/sshd.ts';
import { opensshCommand } from './openssh.ts';
import { recordScripts } from './record-scripts.ts';
import { BIN } from './site-run.ts';

const COUNT = 40;

/** Looks, and finds nothing to do on any Linux. */
const PLAYBOOK = `import { command, definePlaybook, directory } from 'trueup';
export default definePlaybook({
  name: 'Looks', hosts: 'all',
  steps: () => [
    directory({ path: '/etc' }),
    directory({ path: '/usr' }),
    command({ name: 'sh', run: ['false'], creates: '/bin/sh' }),
    command({ name: 'kernel', run: ['false'], unless: ['uname', '-r'] }),
  ],
});
`;

/** Forty hosts that are one sshd at forty addresses of the loopback, and what looks at all of them. */
export class FortyHosts {
  readonly #sshd: Sshd;
  readonly trueup: Command;
  readonly openssh: Command;

  private constructor(sshd: Sshd, trueup: Command, openssh: Command) {
    this.#sshd = sshd;
    this.trueup = trueup;
    this.openssh = openssh;
  }

  static async open(): Promise<FortyHosts> {
    // sshd listens at no more than 16 addresses that are named: so at all of the loopback device.
    const sshd = await startSshd({ config: ['MaxStartups 100'], listen: '0.0.0.0 rdomain lo' });
    try {
      const { playbook, inventory } = await writeProject(sshd);
      const trueup: Command = [process.execPath, BIN, 'plan', playbook, '-i', inventory, '-f', String(COUNT)];
      const folder = join(sshd.dir, 'project');
      const sent = await recordScripts(playbook, inventory);
      const openssh = await opensshCommand(sent, { folder, knownHosts: join(folder, '.trueup/known_hosts') });
      return new FortyHosts(sshd, trueup, openssh);
    } catch (error) {
      await sshd.stop();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#sshd.stop();
  }
}

async function writeProject({ dir, host }: Sshd): Promise<{ playbook: string; inventory: string }> {
  const folder = join(dir, 'project');
  await mkdir(folder);
  const hosts = Array.from(
    { length: COUNT },
    (_, index) => `    host-${index + 1}: { address: 127.0.0.${index + 2} }\n`,
  );
  const reach = { port: host.port, user: host.user, identityFile: host.identityFile };
  const vars = JSON.stringify({ ...reach, hostKeys: 'accept-new' });
  const [playbook, inventory] = [join(folder, 'looks.ts'), join(folder, 'hosts.yml')];
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  await writeFile(playbook, PLAYBOOK);
  await writeFile(inventory, `all:\n  vars: ${vars}\n  hosts:\n${hosts.join('')}`);
  return { playbook, inventory };
}
