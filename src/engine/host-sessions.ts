import { setMaxListeners } from 'node:events';
import type { Host } from '../model/index.ts';
import { HostSession, type SessionContext } from './host-session.ts';

/** One session a host, for all that a run does there. */
export class HostSessions {
  readonly #context: SessionContext;
  readonly #cleanupContext: SessionContext;
  readonly #sessions = new Map<string, HostSession>();
  readonly #cleanupSessions = new Map<string, HostSession>();

  constructor(context: SessionContext) {
    this.#context = context;
    const { signal } = new AbortController();
    // Each host that connects listens to it.
    setMaxListeners(0, signal);
    this.#cleanupContext = { ...context, signal };
    context.signal.addEventListener('abort', () => void this.#closeAll(this.#sessions));
  }

  of(host: Host): HostSession {
    return sessionIn(this.#sessions, host, this.#context);
  }

  /** For what must still be done after Ctrl-C, which ends all sessions: then a new one, which only a second Ctrl-C ends. */
  forCleanup(host: Host): HostSession {
    if (!this.#context.signal.aborted) return this.of(host);
    return sessionIn(this.#cleanupSessions, host, this.#cleanupContext);
  }

  execs({ name }: Host): number {
    return (this.#sessions.get(name)?.execs ?? 0) + (this.#cleanupSessions.get(name)?.execs ?? 0);
  }

  async close(): Promise<void> {
    await Promise.all([this.#closeAll(this.#sessions), this.#closeAll(this.#cleanupSessions)]);
  }

  async #closeAll(sessions: ReadonlyMap<string, HostSession>): Promise<void> {
    await Promise.all([...sessions.values()].map((session) => session.close()));
  }
}

function sessionIn(sessions: Map<string, HostSession>, host: Host, context: SessionContext): HostSession {
  const session = sessions.get(host.name) ?? new HostSession(host, context);
  sessions.set(host.name, session);
  return session;
}
