import { readFile } from 'node:fs/promises';
import { exec, must } from './exec.ts';

/** Where something is mounted, at this folder or below it, the deepest first. */
export async function mountsBelow(folder: string): Promise<string[]> {
  const points = mountPoints(await readFile('/proc/self/mountinfo', 'utf8'));
  return points.filter((point) => point === folder || point.startsWith(`${folder}/`)).reverse();
}

export async function unmountBelow(folder: string): Promise<void> {
  for (const point of await mountsBelow(folder)) {
    const { code } = await exec(['umount', point]);
    if (code !== 0) await must(['umount', '--lazy', point]); // a process has its working directory there
  }
}

/** The mount points of a mountinfo file (proc(5)), in the order of mounting; it writes spaces as \040. */
export function mountPoints(mountinfo: string): string[] {
  const fields = mountinfo.trimEnd().split('\n');
  return fields.map((line) => unescaped(line.split(' ')[4] ?? ''));
}

function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
