import { existsSync } from 'node:fs';
import { readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { controlFile } from '../cgroup.ts';
import type { Host } from '../names.ts';
import type { Fault } from './fault.ts';

const WAYS = ['read', 'write'] as const;
const DEFAULT = '256';

/** The kernel counts what reaches the disk: reads past the cache, and writes that are synced. */
export const slowdisk: Fault = {
  takes: { name: '[KIB]', pattern: /^\d*$/, optional: true },
  does: `its disk takes and gives so many KiB a second (${DEFAULT})`,
  cause: ({ host }, speed) => limit(host, Number(speed || DEFAULT) * 1024),
  mend: ({ host }) => limit(host, 0),
  async isOn({ host }) {
    const file = await throttle(host, 'write');
    return file !== undefined && (await readFile(file, 'utf8').catch(() => '')) !== '';
  },
};

/** 0 takes the limit away. */
async function limit(host: Host, bytes: number): Promise<void> {
  for (const way of WAYS) {
    const file = await throttle(host, way);
    if (file !== undefined) await writeFile(file, `${await diskBelow(host.folder)} ${bytes}`);
    else if (bytes > 0) throw new Error(`${host.name} is off, or this machine has no blkio hierarchy`);
  }
}

function throttle(host: Host, way: string): Promise<string | undefined> {
  return controlFile(host.cgroup, `blkio.throttle.${way}_bps_device`);
}

/** major:minor of the disk that holds the folder: the whole disk, as a partition has no limits. */
async function diskBelow(folder: string): Promise<string> {
  const { dev } = await stat(folder);
  const device = await realpath(
    `/sys/dev/block/${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`,
  );
  const disk = existsSync(join(device, 'partition')) ? dirname(device) : device;
  return (await readFile(join(disk, 'dev'), 'utf8')).trim();
}
