import { type Host, InputError, type Place } from '../model/index.ts';
import { type ConnectOptions, hostSecret } from './connect-options.ts';
import { mayBeHeld } from './credentials.ts';
import { readPrivateKey } from './private-key.ts';

/**
 * Refuses a host's `identityFile` that cannot be used, before anything connects. `placeOf` says where the
 * inventory names it; one with a passphrase is fine where an SSH agent may hold it.
 */
export async function checkIdentityFile(
  hosts: readonly Host[],
  placeOf: (host: Host) => Place | undefined,
  { secretOf, agent = process.env.SSH_AUTH_SOCK }: Pick<ConnectOptions, 'secretOf' | 'agent'>,
): Promise<void> {
  const users = new Map(hosts.toReversed().map((host) => [host.identityFile, host]));
  for (const [file, host] of [...users].toReversed()) {
    if (file === undefined) continue;
    const key = await readPrivateKey(file, hostSecret('TRUEUP_KEY_PASSPHRASE', host, secretOf));
    if (key.status === 'usable' || (mayBeHeld(key) && agent)) continue;
    throw new InputError(`${host.name}: the key ${key.problem}`, {
      place: placeOf(host),
      advice: key.advice,
    });
  }
}
