import type { Answer, Batch, BatchAnswers, Host, Invocation, Remote, RemoteFile } from '../model/index.ts';
import { batchAnswers, batchScript } from './batch-script.ts';
import { Exchange, type Piece, type Request } from './exchange.ts';
import { KILL_AFTER } from './invocation-script.ts';
import { noAnswer } from './no-answer.ts';
import type { Session } from './session.ts';

/** Seconds that an exec may take beyond the limits of what it runs. */
const MARGIN = 30;

/** A host behind an SSH connection. */
export class RemoteHost implements Remote {
  readonly #host: Host;
  readonly #session: Session;
  readonly #reconnect: () => Promise<Session>;
  #execs = 0;

  constructor(host: Host, session: Session, reconnect: () => Promise<Session>) {
    this.#host = host;
    this.#session = session;
    this.#reconnect = reconnect;
  }

  get execs(): number {
    return this.#execs;
  }

  async run(batch: Batch): Promise<BatchAnswers> {
    const limits = [...batch.actions, ...batch.probes].map(({ limit }) => limit + KILL_AFTER);
    const deadline = limits.reduce((sum, limit) => sum + limit, MARGIN);
    return batchAnswers(batch, await this.#exchange({ script: batchScript(batch), deadline }));
  }

  async write(_file: RemoteFile): Promise<Answer> {
    throw new Error('not yet');
  }

  async runDetached(_job: string, _invocation: Invocation): Promise<Answer> {
    throw new Error('not yet');
  }

  async reconnectTest(): Promise<void> {
    const session = await this.#reconnect();
    try {
      await this.#exchange({ script: ':', deadline: MARGIN }, session);
    } finally {
      await session.close();
    }
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  async #exchange(request: Request, session = this.#session): Promise<Piece[]> {
    this.#execs += 1;
    const exchange = new Exchange(request);
    const failed = await exchange.run(session).catch((error: Error) => error);
    if (failed) throw noAnswer(this.#host, session, exchange, failed);
    return exchange.pieces;
  }
}
