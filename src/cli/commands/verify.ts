import type { HostResult } from '../../model/index.ts';
import type { CommandContext } from '../command-context.ts';

export function verify({ run, options, progress }: CommandContext): Promise<readonly HostResult[]> {
  return progress.show('Verifying', run.hosts.length, () => run.verify(options.disturb));
}
