import {
  type CheckContext,
  type Command,
  type Host,
  type Invocation,
  type Reader,
  TrueupError,
} from '../../model/index.ts';
import { askHost } from '../session/ask-host.ts';
import { execute } from '../session/execute.ts';
import { guard } from '../session/guard.ts';
import { Session } from '../session/session.ts';
import type { Tools } from '../tools.ts';

/** Seconds until a host undoes a disturbance by itself. */
const GRACE = 60;

/** From where a host's checks look at hosts. It connects only when one does: most ask from the laptop alone. */
export class Lookout implements CheckContext {
  readonly since = performance.now();
  readonly host: Reader;
  readonly #session: Session;
  readonly #tools: Tools;
  readonly #others = new Map<string, Session>();

  constructor(session: Session, tools: Tools) {
    this.host = lazyReader(session, tools);
    this.#session = session;
    this.#tools = tools;
  }

  /** A property, so that a check can take it out of its context. */
  readonly at = (host: Host): Reader => {
    if (host.name === this.#session.host.name) return this.host;
    const { connect, signal } = this.#tools;
    const session = this.#others.get(host.name) ?? new Session(host, connect, signal);
    this.#others.set(host.name, session);
    return lazyReader(session, this.#tools);
  };

  readonly disturb = async (command: Command, undo: Command): Promise<() => Promise<void>> => {
    const { arm, undo: takeBack } = guard(undo, GRACE);
    await this.#act([arm, { command, limit: 30 }]);
    return () => this.#session.again(() => this.#act([takeBack]));
  };

  async #act(actions: readonly Invocation[]): Promise<void> {
    const failure = await execute(this.#session, actions);
    if (!failure) return;
    const advice = `The host undoes it by itself within ${GRACE} s.`;
    throw new TrueupError(`${failure.command}: ${failure.message}`, { advice });
  }

  /** Leaves the host's own connection to the run. */
  async close(): Promise<void> {
    await Promise.all([...this.#others.values()].map((session) => session.close()));
  }
}

function lazyReader(session: Session, tools: Tools): Reader {
  return {
    probe: (command, options) => askHost(session, tools, (host) => host.probe(command, options)),
    file: (path, options) => askHost(session, tools, (host) => host.file(path, options)),
  };
}
