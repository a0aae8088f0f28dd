import type { Command } from '../../src/model/index.ts';
import { exec, must } from '../lab/exec.ts';

/** Seconds of each command, from its start to its end: the median of so many runs, taken in turn. */
export async function mediansInTurn(commands: readonly Command[], rounds: number): Promise<number[]> {
  const seconds = commands.map((): number[] => []);
  for (const command of commands) await must(command);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, command] of commands.entries()) seconds[index]?.push(await secondsOf(command));
  }
  return seconds.map(median);
}

async function secondsOf(command: Command): Promise<number> {
  const started = performance.now();
  const { code, stderr } = await exec(command);
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`${command[0]} ended with ${code}: ${stderr}`);
  return seconds;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
