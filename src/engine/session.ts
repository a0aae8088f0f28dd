import { type Host, InterruptedError, LinkLostError, type Remote } from '../model/index.ts';

/** A host's connection through a whole run. A lost link is taken up again once per call, never silently. */
export class Session {
  readonly #connect: () => Promise<Remote>;
  readonly host: Host;
  readonly #signal: AbortSignal;
  #remote: Promise<Remote> | undefined;
  #execsBefore = 0;

  constructor(host: Host, connect: (host: Host) => Promise<Remote>, signal: AbortSignal) {
    this.host = host;
    this.#signal = signal;
    this.#connect = () => connect(host);
  }

  /** The connection, made at the first call. */
  remote(): Promise<Remote> {
    if (this.#signal.aborted) return Promise.reject(new InterruptedError());
    this.#remote ??= this.#connect();
    return this.#remote;
  }

  /** Does it; if the link is lost, once more over a new connection. For what may be done twice. */
  async twice<T>(job: (remote: Remote) => Promise<T>): Promise<T> {
    try {
      return await job(await this.remote());
    } catch (error) {
      if (!(error instanceof LinkLostError)) throw error;
      await this.renew();
      return job(await this.remote());
    }
  }

  async renew(): Promise<void> {
    await this.close();
    await this.remote();
  }

  async execs(): Promise<number> {
    const remote = await this.#remote?.catch(() => undefined);
    return this.#execsBefore + (remote?.execs ?? 0);
  }

  async close(): Promise<void> {
    const remote = await this.#remote?.catch(() => undefined);
    this.#execsBefore += remote?.execs ?? 0;
    this.#remote = undefined;
    await remote?.close();
  }
}
