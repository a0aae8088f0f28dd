import type { Host } from '../model/index.ts';
import type { ConnectOptions } from './connect-options.ts';
import { isNamed } from './judge-host-key.ts';
import { checkStorable, knownHostsOf } from './known-hosts-files.ts';
import { unfolded } from './proxy-command.ts';

/**
 * Rejects if the first key of a jump host could not be stored. ssh checks and stores those keys, before it logs in there;
 * but where it cannot write, it only warns, and each further key would be a first one.
 */
export async function checkHopKeys(
  { jump }: Host,
  files: Pick<ConnectOptions, 'knownHostsFiles' | 'acceptInto'>,
): Promise<void> {
  for (const hop of (jump ?? []).flatMap(unfolded)) {
    if (typeof hop === 'string' || hop.hostKeys !== 'accept-new') continue;
    if (!isNamed(await knownHostsOf(hop, files), hop)) await checkStorable(hop, files.acceptInto);
  }
}
