import { setTimeout as sleep } from 'node:timers/promises';
import { type Host, InterruptedError, LinkLostError, NotUpError, type Remote } from '../../model/index.ts';

/** How often one call takes up a lost link: a host that goes down may take us in once more before it does. */
const LOSSES = 3;
/** Milliseconds for a host that we were on to be up again: most reboots, but no long absence. */
const PATIENCE = 15_000;
const PAUSE = 250;
const LONGEST_PAUSE = 2000;

/** A host's connection through a whole run. */
export class Session {
  readonly #connect: () => Promise<Remote>;
  readonly host: Host;
  readonly #signal: AbortSignal;
  #remote: Promise<Remote> | undefined;
  #execsBefore = 0;
  readonly #patience: number;

  /** `patience`: milliseconds that a lost host may take to be up again. */
  constructor(
    host: Host,
    connect: (host: Host, signal: AbortSignal) => Promise<Remote>,
    signal: AbortSignal,
    patience: number = PATIENCE,
  ) {
    this.host = host;
    this.#signal = signal;
    this.#patience = patience;
    this.#connect = () => connect(host, signal);
  }

  /** The connection, made at the first call. */
  remote(): Promise<Remote> {
    if (this.#signal.aborted) return Promise.reject(new InterruptedError());
    this.#remote ??= this.#connect();
    return this.#remote;
  }

  /** Does it; if the link is lost, again over a new connection. For what may be done twice. */
  async again<T>(job: (remote: Remote) => Promise<T>): Promise<T> {
    for (let losses = 1; ; losses += 1) {
      try {
        return await job(await this.remote());
      } catch (error) {
        if (!(error instanceof LinkLostError) || losses > LOSSES) throw error;
        await this.renew();
      }
    }
  }

  /** A new connection after a lost one. A host that reboots refuses, or does not answer, until its sshd is there. */
  async renew(): Promise<void> {
    const giveUp = Date.now() + this.#patience;
    for (let pause = PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      await this.close();
      try {
        await this.remote();
        return;
      } catch (error) {
        if (!(error instanceof NotUpError) || Date.now() + pause > giveUp) throw error;
        await sleep(pause, undefined, { signal: this.#signal }).catch(() => {});
      }
    }
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
