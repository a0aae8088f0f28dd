import { type Host, InputError, type Secret } from '../model/index.ts';

/** How to reach hosts; all of it comes from the command line's side. */
export interface ConnectOptions {
  /** Files in the format of known_hosts(5) that say which host keys are right; missing ones count as empty. */
  readonly knownHostsFiles: readonly string[];
  /** Where a first key is kept for hosts with `hostKeys: accept-new`; read like the others. */
  readonly acceptInto: string;
  /** The inventory file, for commands that errors advise. */
  readonly inventory?: string;
  /** The names of its hosts: one of them may be meant by a jump host that nobody knows. */
  readonly names?: readonly string[];
  /**
   * Secrets of the project by name: TRUEUP_SUDO_PASSWORD for a sudo that wants one, TRUEUP_SSH_PASSWORD to log in,
   * TRUEUP_KEY_PASSPHRASE for keys; each also with _HOST or _GROUP behind it, in capitals.
   */
  readonly secretOf?: SecretOf;
  /** Socket of the SSH agent. Default: $SSH_AUTH_SOCK. */
  readonly agent?: string | undefined;
  /** Private keys to try after the agent's, where ssh's configuration names none. Default: the usual three of ~/.ssh. */
  readonly defaultKeys?: readonly string[];
  /** Seconds until a connection must stand, login included, where the host has no such limit of its own. Default 20. */
  readonly connectTimeout?: number;
  /** Seconds between two signs of life; after three without an answer the link counts as lost. Default 10. */
  readonly keepalive?: number;
  /** Aborted: whatever is being connected to is given up at once, with an InterruptedError. */
  readonly signal?: AbortSignal;
}

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
