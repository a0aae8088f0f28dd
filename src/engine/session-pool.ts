import type { Host, Remote } from '../model/index.ts';
import { Session } from './session.ts';

/** Connections to the hosts that errands run on, each used by one at a time and kept for the next. */
export class SessionPool {
  readonly #connect: (host: Host) => Promise<Remote>;
  readonly #signal: AbortSignal;
  readonly #idle = new Map<string, Session[]>();
  readonly #open = new Set<Session>();

  constructor(connect: (host: Host) => Promise<Remote>, signal: AbortSignal) {
    this.#connect = connect;
    this.#signal = signal;
  }

  /** One that ended in an error is not used again. */
  async use<T>(host: Host, job: (session: Session) => Promise<T>): Promise<T> {
    const session = this.#idle.get(host.name)?.pop() ?? new Session(host, this.#connect, this.#signal);
    this.#open.add(session);
    try {
      const result = await job(session);
      this.#idle.set(host.name, [...(this.#idle.get(host.name) ?? []), session]);
      return result;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#idle.clear();
    await Promise.all([...this.#open].map((session) => session.close()));
  }
}
