import type { Host } from '../../model/index.ts';
import type { Tools } from '../tools.ts';
import { Session } from './session.ts';
import { witnessed } from './witnessed.ts';

/** Connections to the hosts that errands run on, each used by one at a time and kept for the next. */
export class SessionPool {
  readonly #tools: Pick<Tools, 'connect' | 'listener'>;
  readonly #signal: AbortSignal;
  readonly #idle = new Map<string, Session[]>();
  readonly #open = new Set<Session>();

  /** What runs over them goes on until `signal` says otherwise. */
  constructor(tools: Pick<Tools, 'connect' | 'listener'>, signal: AbortSignal) {
    this.#tools = tools;
    this.#signal = signal;
  }

  /** One that ended in an error is not used again. */
  async use<T>(host: Host, job: (session: Session) => Promise<T>): Promise<T> {
    const session =
      this.#idle.get(host.name)?.pop() ?? new Session(host, witnessed(this.#tools), this.#signal);
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
