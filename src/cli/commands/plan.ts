import type { HostResult } from '../../model/index.ts';
import type { Conduct } from '../conduct.ts';

export function plan({ fleet, progress }: Conduct): Promise<readonly HostResult[]> {
  return progress.show('Looking', fleet.hosts.length, () => fleet.plan());
}
