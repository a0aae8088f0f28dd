import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { controlFile } from '../cgroup.ts';
import type { Host } from '../names.ts';
import { until } from '../until.ts';
import { type Fault, SECONDS } from './fault.ts';
import { later, stopHelper } from './helper.ts';

const control = (host: Host) => controlFile(host.cgroup, 'cgroup.freeze');

export const freeze: Fault = {
  takes: SECONDS,
  does: 'all its processes stand still, for so long; the kernel still accepts connections',
  async cause({ host }, seconds) {
    const file = await control(host);
    if (file === undefined) throw new Error(`${host.name} does not run`);
    await writeFile(file, '1');
    await until(`${host.name} frozen`, 10, () => stands(file));
    await later(host, 'freeze', seconds, ['sh', '-c', 'echo 0 >"$1"', 'sh', file]);
  },
  async mend({ host }) {
    await stopHelper(host, 'freeze');
    const file = await control(host);
    if (file !== undefined) await writeFile(file, '0');
  },
  async isOn({ host }) {
    const file = await control(host);
    return file !== undefined && (await readFile(file, 'utf8').catch(() => '')).startsWith('1');
  },
};

async function stands(file: string): Promise<true | undefined> {
  const events = await readFile(join(dirname(file), 'cgroup.events'), 'utf8');
  return events.includes('frozen 1') || undefined;
}
