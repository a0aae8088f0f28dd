import { type Host, InputError, type Secret } from '../model/index.ts';

/** Looks up a secret of the project; undefined if there is none of that name. */
export type SecretOf = (name: string) => Secret | undefined;

/** The secret for a host: NAME_HOST, NAME_GROUP (the group nearest to the host first), NAME; in capitals. */
export function hostSecret(name: string, host: Host, secretOf: SecretOf | undefined): Secret | undefined {
  if (!secretOf) return undefined;
  const owners = [host.name, ...host.groups.toReversed()].map((owner) => `${name}_${inCapitals(owner)}`);
  const found = [...owners, name].map(secretOf).find((secret) => secret !== undefined);
  if (found && /[\r\n\0]/.test(found.reveal()))
    throw new InputError(`${found.name} holds a line break, which no password can`);
  return found;
}

function inCapitals(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}
