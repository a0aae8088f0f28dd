import { createHash } from 'node:crypto';
import { formatPlace, type Host, HostKeyError, shellLine, type TrueupError } from '../model/index.ts';
import type { ConnectOptions } from './connect-options.ts';
import {
  judgeHostKey,
  type KnownHost,
  keyType,
  knownHostName,
  storeHostKey,
  type Verdict,
} from './known-hosts.ts';

/** The check of one connection's host key; it is asked again whenever the connection changes its session keys. */
export class HostKeyCheck {
  readonly #host: Host;
  readonly #lines: readonly KnownHost[];
  readonly #options: ConnectOptions;
  #refusal: TrueupError | undefined;
  #firstKey: Buffer | undefined;
  #accepted = false;

  constructor(host: Host, lines: readonly KnownHost[], options: ConnectOptions) {
    this.#host = host;
    this.#lines = lines;
    this.#options = options;
  }

  accepts(key: Buffer): boolean {
    this.#accepted = this.#judge(key);
    return this.#accepted;
  }

  #judge(key: Buffer): boolean {
    const verdict = judgeHostKey(this.#lines, this.#host, key);
    if (verdict.status === 'known' || this.#firstKey?.equals(key)) return true;
    const isNew = verdict.status === 'unknown' || verdict.status === 'vouched';
    if (isNew && this.#host.hostKeys === 'accept-new' && !this.#firstKey) {
      this.#firstKey = Buffer.from(key);
      return true;
    }
    this.#refusal = hostKeyError(this.#host, key, verdict, this.#options);
    return false;
  }

  /**
   * A host whose key was accepted has answered: what runs out of time after that is the login. A reset before that is
   * how an sshd drops a connection that has greeted it already.
   */
  loginFailure(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    if (this.#accepted && error.message.includes('Timed out while waiting'))
      return new Error('the login was not done in time', { cause: error });
    const isReset = 'code' in error && error.code === 'ECONNRESET';
    return isReset && !this.#accepted
      ? new Error('Connection lost before handshake', { cause: error })
      : error;
  }

  /**
   * Stores the key of a host that was not known. Rejects, and is a refusal, if that cannot be done, or if another
   * connection has stored another key of the host meanwhile.
   */
  async storeFirstKey(): Promise<void> {
    const key = this.#firstKey;
    if (!key) return;
    try {
      const verdict = await storeHostKey(this.#host, key, this.#options);
      if ('known' in verdict && verdict.status !== 'vouched')
        throw hostKeyError(this.#host, key, verdict, this.#options);
    } catch (error) {
      this.#refusal = error as TrueupError;
      throw error;
    }
  }

  /** Why the host got no credentials. */
  get refusal(): TrueupError | undefined {
    return this.#refusal;
  }
}

/** As `ssh-keygen -lf` prints it. */
export function fingerprint(key: Buffer): string {
  const hash = createHash('sha256').update(key).digest('base64').replace(/=+$/, '');
  return `${keyType(key)} SHA256:${hash}`;
}

/** Why the key is refused, and what to do about it. */
function hostKeyError(
  host: Host,
  key: Buffer,
  verdict: Exclude<Verdict, { status: 'known' }>,
  options: Pick<ConnectOptions, 'acceptInto' | 'inventory'>,
): HostKeyError {
  const where = `${host.name} (${host.address}:${host.port})`;
  if (!('known' in verdict)) return unknownKey(host, where, key);
  const { status, known } = verdict;
  const place = formatPlace(known.place);
  if (status === 'vouched')
    return unknownKey(
      host,
      where,
      key,
      ` but by a certificate authority, in ${place}, and certificates cannot be checked here`,
    );
  const what = {
    changed: `shows another host key than the one known: ${fingerprint(key)}, but ${place} says ${fingerprint(known.key)}`,
    'other-type': `shows a host key of another type than the one known: ${fingerprint(key)}, but ${place} says ${fingerprint(known.key)}`,
    revoked: `shows a host key that is revoked: ${fingerprint(key)}, see ${place}`,
  }[status];
  const advice =
    status === 'revoked' ? 'Give the host a new key.' : replacing(forgetting(host, known, options));
  return new HostKeyError(`${where} ${what}`, { advice });
}

function unknownKey(host: Host, where: string, key: Buffer, but = ''): HostKeyError {
  const port = host.port === 22 ? '' : `-p ${host.port} `;
  const advice =
    `Compare the fingerprint with the one on the host's console (${ON_CONSOLE}), then ` +
    // ssh itself is content with the certificate, and keeps no key.
    (but === ''
      ? `connect once with ssh ${port}${host.user}@${host.ssh?.destination ?? host.address}, or `
      : '') +
    `set hostKeys: accept-new for it in the inventory.`;
  return new HostKeyError(`${where} is not known${but}: it shows the host key ${fingerprint(key)}`, {
    advice,
  });
}

const ON_CONSOLE = 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub';

/** The one command that forgets the line; trueup's own for what trueup has written. */
export function forgetting(
  host: Host,
  { place }: KnownHost,
  { acceptInto, inventory }: Pick<ConnectOptions, 'acceptInto' | 'inventory'>,
): string {
  if (place.file !== acceptInto)
    return shellLine(['ssh-keygen', '-f', place.file, '-R', knownHostName(host)]);
  return shellLine(['trueup', 'hosts', 'forget', host.name, ...(inventory ? ['-i', inventory] : [])]);
}

function replacing(command: string): string {
  return (
    `Somebody may stand between you and the host. If it was installed anew, compare the fingerprint with the one ` +
    `on its console (${ON_CONSOLE}), then forget the old key: ${command}`
  );
}
