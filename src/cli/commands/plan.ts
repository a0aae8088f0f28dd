import type { HostResult } from '../../model/index.ts';
import type { CommandContext } from '../command-context.ts';

export function plan({ run, progress }: CommandContext): Promise<readonly HostResult[]> {
  return progress.show('Looking', run.hosts.length, () => run.plan());
}
