import type { Host, TrueupError } from '../model/index.ts';
import type { ConnectOptions } from './connect-options.ts';
import { hostKeyError } from './host-key-error.ts';
import { judgeHostKey } from './judge-host-key.ts';
import type { KnownHost } from './known-hosts.ts';
import { storeHostKey } from './known-hosts-files.ts';

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
