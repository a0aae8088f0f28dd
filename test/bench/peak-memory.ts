import type { Command } from '../../src/model/index.ts';
import { must } from '../lab/exec.ts';

const TELL = "process.on('exit', () => console.error('\\npeak ' + process.resourceUsage().maxRSS));";

/** MiB that a Node program had in memory at most. */
export async function peakMemory([program, ...words]: Command): Promise<number> {
  const tell = `data:text/javascript,${encodeURIComponent(TELL)}`;
  const told = await must(['sh', '-c', '"$@" 2>&1', 'sh', program, '--import', tell, ...words]);
  const kibibytes = Number(/^peak (\d+)$/m.exec(told)?.[1] ?? Number.NaN);
  return kibibytes / 1024;
}
