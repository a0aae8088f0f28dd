import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Answer,
  type Batch,
  type BatchAnswers,
  EscalationError,
  type Host,
  type Invocation,
  type Job,
  ProbeError,
  type Remote,
  type RemoteFile,
  type TrueupError,
} from '../model/index.ts';
import { answerOf, batchAnswers, batchScript, KILL_AFTER, nameOf, runningIn } from './batch-script.ts';
import { checkJobName, detachedScript, FORGET_JOB } from './detached-script.ts';
import { Exchange, type Request } from './exchange.ts';
import { execError, RefusedSessionError } from './exec-error.ts';
import type { CommandOutput, Frame } from './frames.ts';
import { killScript } from './kill-script.ts';
import type { SudoPassword } from './root-shell.ts';
import type { Session } from './session.ts';
import { VALIDATION_LIMIT, writeScript } from './write-script.ts';

/** Seconds that an exec may take beyond the limits of what it runs. */
const MARGIN = 30;
/** Seconds without a byte beyond the longest of those limits: the host's own timeout(1) does not do its work. */
const STUCK_MARGIN = 15;
/** Bytes a second, for the time that a file may take: a link slower than this counts as lost. */
const SLOWEST = 10_000;
/** Milliseconds for ending what still runs on the host. */
const KILL_LIMIT = 5000;
/** Milliseconds for a script that is on its way to the host to begin there. */
const BEGIN_LIMIT = 1000;

/** Makes a second connection; `toEnd`: for ending what runs there, so that an interruption does not keep it from that. */
type Reconnect = (toEnd: boolean) => Promise<Session>;

/** A host behind an SSH connection. */
export class RemoteHost implements Remote {
  readonly #host: Host;
  readonly #session: Session;
  readonly #reconnect: Reconnect;
  readonly #running = new Set<Exchange>();
  readonly #sudo: SudoPassword | undefined;
  #execs = 0;

  constructor(host: Host, session: Session, reconnect: Reconnect, sudo?: SudoPassword) {
    this.#host = host;
    this.#session = session;
    this.#reconnect = reconnect;
    this.#sudo = sudo;
  }

  get execs(): number {
    return this.#execs;
  }

  async run(batch: Batch): Promise<BatchAnswers> {
    const limits = [...batch.actions, ...batch.probes].map(({ limit }) => limit + KILL_AFTER);
    const deadline = limits.reduce((sum, limit) => sum + limit, MARGIN);
    const silence = Math.max(0, ...limits) + STUCK_MARGIN;
    const running = (done: readonly Frame[]) => runningIn(batch, done);
    const request = { script: batchScript(batch), deadline, silence, running };
    return batchAnswers(batch, await this.#exchange(request));
  }

  async write(file: RemoteFile): Promise<Answer> {
    const deadline = MARGIN + VALIDATION_LIMIT + KILL_AFTER + file.content.length / SLOWEST;
    const script = writeScript(file, token(), new Date());
    const running = () => ({ name: `write ${file.path}`, endsAreEnough: true });
    const pieces = await this.#exchange({ script, body: file.content, deadline, running });
    return onlyAnswer(pieces, VALIDATION_LIMIT);
  }

  async runDetached(job: Job, invocation: Invocation): Promise<Answer> {
    checkJobName(job.name);
    const deadline = MARGIN + invocation.limit + KILL_AFTER;
    const running = () => ({ name: nameOf(invocation), endsAreEnough: true });
    const script = detachedScript(job, invocation, token());
    const request = { script, coda: FORGET_JOB, deadline, running };
    const pieces = await this.#exchange(job.said ? { ...request, said: job.said } : request);
    return onlyAnswer(pieces, invocation.limit);
  }

  reconnectTest(): Promise<void> {
    return this.#overFresh(false, { script: ':', deadline: MARGIN });
  }

  async #overFresh(toEnd: boolean, request: Request): Promise<void> {
    const session = await this.#reconnect(toEnd);
    try {
      await this.#exchange(request, session);
    } finally {
      await session.close();
    }
  }

  /** Ends the connection, and before that whatever still runs over it; detached jobs go on. */
  async close(): Promise<void> {
    await this.#end([...this.#running]);
    await this.#session.close();
  }

  async #end(running: readonly Exchange[]): Promise<void> {
    if (running.length === 0 || !this.#session.alive) return;
    await Promise.race([this.#kill(running).catch(() => {}), sleep(KILL_LIMIT, undefined, { ref: false })]);
  }

  async #kill(running: readonly Exchange[]): Promise<void> {
    const patience = sleep(BEGIN_LIMIT, undefined, { ref: false });
    const begun = await Promise.all(running.map((exchange) => Promise.race([exchange.begun, patience])));
    const processes = begun.filter((process) => process !== undefined);
    if (processes.length === 0) return;
    const request = { script: killScript(processes), deadline: MARGIN, urgent: true };
    try {
      await this.#exchange(request);
    } catch (error) {
      // What is to be ended may hold the last channel that sshd allows.
      if (!(error instanceof RefusedSessionError)) throw error;
      await this.#overFresh(true, request);
    }
  }

  async #exchange(request: Request, session = this.#session): Promise<CommandOutput[]> {
    this.#execs += 1;
    const exchange = new Exchange(request, this.#sudo?.secret);
    this.#running.add(exchange);
    const start = () => this.#perform(exchange, session);
    const ended = this.#sudo ? this.#sudo.admit(exchange.begun, start) : start();
    const failed = await ended.finally(() => this.#running.delete(exchange));
    if (failed) {
      // Not for what is to end others: a host may answer to that in the same way.
      if ((exchange.isStuck || exchange.tooMuch) && !request.urgent) await this.#end([exchange]);
      throw failed;
    }
    return exchange.pieces;
  }

  /** Resolves with the reason why there is no answer. */
  async #perform(exchange: Exchange, session: Session): Promise<TrueupError | undefined> {
    const failed = await exchange.run(session).catch((error: Error) => error);
    if (!failed) return undefined;
    const error = execError(this.#host, session, exchange, failed);
    if (error instanceof EscalationError) this.#sudo?.refuse(error);
    return error;
  }
}

function token(): string {
  return randomBytes(8).toString('hex');
}

function onlyAnswer([piece]: readonly CommandOutput[], limit: number): Answer {
  if (!piece) throw new ProbeError('the script ended without an answer');
  return answerOf(piece, limit);
}
