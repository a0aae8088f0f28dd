import type { HostResult } from '../../model/index.ts';
import type { Conduct } from '../conduct.ts';
import { confirm } from '../confirm.ts';
import { plan } from './plan.ts';

/** Plans, shows and asks (unless told yes), then applies exactly that; undefined if the answer was no. */
export async function apply(conduct: Conduct): Promise<readonly HostResult[] | undefined> {
  const { fleet, options, progress, print, signal, tell } = conduct;
  const planned = await plan(conduct);
  if (!options.yes && planned.some(hasWork)) {
    print('plan', planned);
    const question = 'Apply these changes?';
    const yes = await confirm(question, signal);
    tell({ type: 'asked', question, yes });
    if (!yes) {
      process.stderr.write('Nothing was applied.\n');
      return undefined;
    }
  }
  return progress.show('Applying', fleet.hosts.length, () => fleet.apply());
}

function hasWork({ status, steps }: HostResult): boolean {
  return status === 'pending' || steps.some((step) => step.status === 'pending' || step.status === 'unknown');
}
