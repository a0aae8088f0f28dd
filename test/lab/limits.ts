import { readFile, writeFile } from 'node:fs/promises';

const INSTANCES = '/proc/sys/fs/inotify/max_user_instances';
const ENOUGH = 1024;

/** Every systemd watches files, and all hosts count as one user: with the kernel's 128, some dozen hosts fail to boot. */
export async function raiseLimits(): Promise<void> {
  if (Number(await readFile(INSTANCES, 'utf8')) < ENOUGH) await writeFile(INSTANCES, `${ENOUGH}`);
}
