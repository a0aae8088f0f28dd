import type { HostResult } from '../../model/index.ts';
import type { Conduct } from '../conduct.ts';

export function verify({ fleet, options, progress }: Conduct): Promise<readonly HostResult[]> {
  return progress.show('Verifying', fleet.hosts.length, () => fleet.verify(options.disturb));
}
