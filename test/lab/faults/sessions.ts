import { readFile } from 'node:fs/promises';
import { processes } from '../cgroup.ts';
import { type Fault, PASSING } from './fault.ts';

export const sessions: Fault = {
  inside: true,
  does: "sshd's processes of all sessions are killed; what they started goes on",
  async cause({ host }) {
    for (const pid of await processes(host.cgroup)) if (await isSession(pid)) kill(pid);
  },
  ...PASSING,
};

/** sshd writes into its process's title what the process is for. */
async function isSession(pid: number): Promise<boolean> {
  const title = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return title.startsWith('sshd: ') && !title.includes('[listener]');
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}
