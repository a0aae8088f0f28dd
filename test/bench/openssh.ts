import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, shellLine } from '../../src/model/index.ts';
import type { SentScript } from './record-scripts.ts';

/** Writes the scripts into the folder; the command feeds each to an OpenSSH session of its own, side by side. */
export async function opensshCommand(
  sent: readonly SentScript[],
  { folder, knownHosts, options = [] }: { folder: string; knownHosts: string; options?: readonly string[] },
): Promise<Command> {
  const lines = await Promise.all(
    sent.map(async ({ script, ...session }, index) => {
      const file = join(folder, `${index}.sh`);
      await writeFile(file, script);
      const command = ssh(session, ['BatchMode=yes', `UserKnownHostsFile=${knownHosts}`, ...options]);
      return `${shellLine(command)} <${file} >/dev/null & p="$p $!"`;
    }),
  );
  return ['sh', '-c', `p=\n${lines.join('\n')}\nfor i in $p; do wait $i || exit; done`];
}

function ssh({ host, line }: Pick<SentScript, 'host' | 'line'>, options: readonly string[]): Command {
  const { user, address, port, identityFile = '' } = host;
  const words = options.flatMap((option) => ['-o', option]);
  return ['ssh', '-F', 'none', ...words, '-i', identityFile, '-p', String(port), `${user}@${address}`, line];
}
