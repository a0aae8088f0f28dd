import type { CheckContext, Host, Reader } from '../model/index.ts';
import { Session } from './session.ts';
import type { Tools } from './tools.ts';

/** From where a host's checks look at hosts. It connects only when one does: most ask from the laptop alone. */
export class Lookout implements CheckContext {
  readonly host: Reader;
  readonly #own: string;
  readonly #tools: Tools;
  readonly #others = new Map<string, Session>();

  constructor(session: Session, tools: Tools) {
    this.host = lazyReader(session, tools);
    this.#own = session.host.name;
    this.#tools = tools;
  }

  /** A property, so that a check can take it out of its context. */
  readonly at = (host: Host): Reader => {
    if (host.name === this.#own) return this.host;
    const { connect, signal } = this.#tools;
    const session = this.#others.get(host.name) ?? new Session(host, connect, signal);
    this.#others.set(host.name, session);
    return lazyReader(session, this.#tools);
  };

  /** Leaves the host's own connection to the run. */
  async close(): Promise<void> {
    await Promise.all([...this.#others.values()].map((session) => session.close()));
  }
}

function lazyReader(session: Session, tools: Tools): Reader {
  async function ask<T>(question: (host: Reader) => Promise<T>): Promise<T> {
    const { results } = await session.again((remote) => tools.readTogether(remote, [question]));
    const answer = results[0];
    if (answer?.status !== 'fulfilled') throw answer?.reason;
    return answer.value;
  }
  return {
    probe: (command, options) => ask((host) => host.probe(command, options)),
    file: (path, options) => ask((host) => host.file(path, options)),
  };
}
