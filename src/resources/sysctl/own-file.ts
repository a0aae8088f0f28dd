import { createHash } from 'node:crypto';
import type { Setting } from './setting.ts';

/** The file of a step as it shall be. */
export function contentOf(settings: readonly Setting[]): string {
  const lines = settings.map(({ key, value }) => `${key} = ${value}\n`);
  return `# trueup writes this file as a whole; see sysctl.d(5).\n${lines.join('')}`;
}

export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
