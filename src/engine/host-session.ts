import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Answer,
  type Command,
  type Failure,
  type Host,
  InterruptedError,
  type Invocation,
  type Job,
  LinkLostError,
  type Listener,
  NotUpError,
  type Reader,
  type ReadResults,
  type ReadTogether,
  type Remote,
  type RemoteFile,
  UnreachableError,
} from '../model/index.ts';
import { commandLine, failureFrom, firstFailure } from './command-failure.ts';
import { rollbackTimer } from './rollback-timer.ts';
import { lockError, type RunIdentity, takeLock } from './run-lock.ts';
import { TracedRemote } from './traced-remote.ts';

/** How many lost links one call survives: a host on its way down may accept one more connection. */
const LOSSES = 3;
/** Milliseconds for a lost host to be up again: enough for most reboots, but not for a long absence. */
const PATIENCE = 15_000;
const PAUSE = 250;
const LONGEST_PAUSE = 2000;

/** What connects to hosts, and who does it. */
export interface SessionContext {
  /** Stops trying when the signal is aborted. */
  connect(host: Host, signal: AbortSignal): Promise<Remote>;
  readonly readTogether: ReadTogether;
  readonly listener: Listener;
  readonly run: RunIdentity;
  /** Aborted: the sessions end, and lost connections are not renewed. */
  readonly signal: AbortSignal;
}

type Read<T> = (host: Reader) => Promise<T>;

export interface Acted<T> {
  /** Of the first command that failed. */
  readonly failure: Failure | undefined;
  readonly results: ReadResults<T>['results'];
}

/**
 * The connection to one host for a whole run: the only one, for its own steps, for hooks and for checks. It connects at the first
 * use, keeps the lock of the run across lost links, and rolls back what locks us out.
 */
export class HostSession {
  readonly host: Host;
  readonly #context: SessionContext;
  readonly #patience: number;
  #opening: Promise<Remote> | undefined;
  #remote: Remote | undefined;
  readonly #lost = new WeakSet<Remote>();
  #renewal: Promise<void> | undefined;
  #wasConnected = false;
  #execsBefore = 0;
  #wantsLock = false;
  #lockedOver: Remote | undefined;

  /** `patience`: milliseconds for a lost host to be up again. */
  constructor(host: Host, context: SessionContext, patience: number = PATIENCE) {
    this.host = host;
    this.#context = context;
    this.#patience = patience;
  }

  /** Answers one question. */
  async ask<T>(question: Read<T>): Promise<T> {
    const [answer] = await this.read([question]);
    if (answer?.status !== 'fulfilled') throw answer?.reason;
    return answer.value;
  }

  /**
   * Answers questions in one exec; if the link is lost, over a new connection. `locked`: with the lock of the run, which travels
   * along and is kept from now on.
   */
  read<T>(reads: readonly Read<T>[], { locked = false } = {}): Promise<ReadResults<T>['results']> {
    this.#wantsLock ||= locked;
    return this.repeat(() =>
      this.#over(this.#connection(), async (remote) => {
        const lock = locked && this.#lockedOver !== remote ? [takeLock(this.#context.run)] : [];
        const { actions, results } = await this.#context.readTogether(remote, reads, lock);
        if (locked) this.#checkLock(remote, firstFailure(lock, actions));
        return results;
      }),
    );
  }

  /** Runs commands, up to the first that fails, and then the reads, in one exec. Not repeated if the link is lost. */
  act<T = never>(commands: readonly Invocation[], reads: readonly Read<T>[] = []): Promise<Acted<T>> {
    return this.#over(this.#ready(), async (remote) => {
      const { actions, results } = await this.#context.readTogether(remote, reads, commands);
      return { failure: firstFailure(commands, actions), results };
    });
  }

  /** One probe whose answer may be missing. Not repeated if the link is lost. */
  probeOnce(probe: Invocation): Promise<Answer | undefined> {
    const run = async (remote: Remote) => (await remote.run({ actions: [], probes: [probe] })).probes[0];
    return this.#over(this.#connection(), run);
  }

  write(file: RemoteFile): Promise<Answer> {
    return this.repeat(() => this.#over(this.#ready(), (remote) => remote.write(file)));
  }

  runDetached(job: Job, invocation: Invocation): Promise<Answer> {
    return this.repeat(() => this.#over(this.#ready(), (remote) => remote.runDetached(job, invocation)));
  }

  /** Runs what could lock us out: unless a new connection succeeds afterwards, the host rolls back. */
  async actWithRollback(action: Invocation, undo: Command): Promise<Failure | undefined> {
    const timer = rollbackTimer(undo);
    try {
      const { failure } = await this.act([timer.start, action]);
      if (failure) return { ...failure, ...(await this.#rollBack(timer.rollBack)) };
      await this.#over(this.#ready(), (remote) => remote.reconnectTest());
      return (await this.act([timer.confirm])).failure;
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      const undone = error instanceof LinkLostError ? undefined : await this.#rollBack(timer.rollBack);
      return {
        ...failureFrom(error),
        message: `it would lock us out: ${error.message}`,
        command: commandLine(action.command),
        ...undone,
      };
    }
  }

  /** Does it; if the link is lost, once more. For what may run twice. */
  async repeat<T>(job: () => Promise<T>): Promise<T> {
    for (let losses = 1; ; losses += 1) {
      try {
        return await job();
      } catch (error) {
        if (!(error instanceof LinkLostError) || losses > LOSSES) throw error;
      }
    }
  }

  get execs(): number {
    return this.#execsBefore + (this.#remote?.execs ?? 0);
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    const remote = await opening?.catch(() => undefined);
    if (this.#opening === opening) this.#opening = undefined;
    if (remote !== undefined && this.#remote === remote) {
      this.#execsBefore += remote.execs;
      this.#remote = undefined;
    }
    await remote?.close();
  }

  /** The connection; a lost one is renewed first. Several users may have lost it: it is renewed once for all. */
  async #connection(): Promise<Remote> {
    if (this.#context.signal.aborted) throw new InterruptedError();
    if (this.#remote && this.#lost.has(this.#remote)) {
      this.#renewal ??= this.#renew().finally(() => {
        this.#renewal = undefined;
      });
    }
    await this.#renewal;
    return this.#open();
  }

  async #open(): Promise<Remote> {
    this.#opening ??= this.#connect();
    const opening = this.#opening;
    try {
      return await opening;
    } catch (error) {
      // No login was refused, so the next use may try again.
      const mayTryAgain = error instanceof NotUpError || error instanceof LinkLostError;
      if (mayTryAgain && this.#opening === opening) this.#opening = undefined;
      throw error;
    }
  }

  async #connect(): Promise<Remote> {
    const { connect, listener, signal } = this.#context;
    const { name } = this.host;
    listener({ type: 'connecting', host: name, again: this.#wasConnected });
    this.#wasConnected = true;
    const began = performance.now();
    const remote = new TracedRemote(await connect(this.host, signal), name, listener);
    listener({ type: 'connected', host: name, seconds: (performance.now() - began) / 1000 });
    this.#remote = remote;
    return remote;
  }

  /** A host that reboots refuses, or does not answer, until its sshd is there. */
  async #renew(): Promise<void> {
    const giveUp = Date.now() + this.#patience;
    for (let pause = PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      await this.close();
      if (this.#context.signal.aborted) throw new InterruptedError();
      try {
        await this.#open();
        return;
      } catch (error) {
        if (!(error instanceof NotUpError) || Date.now() + pause > giveUp) throw error;
        await sleep(pause, undefined, { signal: this.#context.signal }).catch(() => {});
      }
    }
  }

  /** The connection, with the lock of the run if that was taken over an earlier one. */
  async #ready(): Promise<Remote> {
    const connected = await this.#connection();
    if (!this.#wantsLock || this.#lockedOver === connected) return connected;
    return this.#over(connected, async (remote) => {
      const lock = takeLock(this.#context.run);
      const { actions } = await remote.run({ actions: [lock], probes: [] });
      this.#checkLock(remote, firstFailure([lock], actions));
      return remote;
    });
  }

  #checkLock(remote: Remote, failure: Failure | undefined): void {
    if (failure) throw lockError(failure);
    this.#lockedOver = remote;
  }

  async #over<T>(connection: Remote | Promise<Remote>, job: (remote: Remote) => Promise<T>): Promise<T> {
    const remote = await connection;
    try {
      return await job(remote);
    } catch (error) {
      if (error instanceof LinkLostError) this.#lost.add(remote);
      throw error;
    }
  }

  async #rollBack(rollBack: Invocation): Promise<Partial<Failure>> {
    const failure = await this.act([rollBack]).then(({ failure: one }) => one, failureFrom);
    if (!failure) return { advice: 'This change was rolled back.' };
    const why = `Rolling this change back failed (${failure.message}).`;
    return { advice: `${why} The host tries again automatically within 30 s.` };
  }
}
