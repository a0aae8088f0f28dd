import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { NodeSSH } from 'node-ssh';
import type { ClientChannel } from 'ssh2';
import { type Algorithms, onlySha256, sha256Key } from './algorithms.ts';
import { type Credential, filteredAgent } from './credentials.ts';
import type { Exec, ExitStatus } from './exec.ts';
import { retry } from './retry.ts';
import { Semaphore } from './semaphore.ts';
import { ssh2 } from './ssh2.ts';
import { HungUpError } from './unreachable.ts';

/** sshd allows 10 sessions, but frees them late: more than 4 at a time fail now and then. */
const CHANNELS = 4;
/** How often to come back where sshd refuses even the only channel. */
const LONELY_REFUSALS = 8;
const CHANNEL_OPEN_LIMIT = 30_000;
/** Milliseconds for the host to agree that a channel is closed. */
const CHANNEL_CLOSE_LIMIT = 20_000;
const CLOSE_GRACE = 1000;

/** One authenticated SSH connection. */
export class Session {
  readonly #ssh: NodeSSH;
  readonly #socket: Duplex;
  readonly #channels = new Semaphore(CHANNELS);
  #failure: Error | undefined;

  private constructor(ssh: NodeSSH, socket: Duplex) {
    this.#ssh = ssh;
    this.#socket = socket;
  }

  static async open(login: Login): Promise<Session> {
    const ssh = new NodeSSH();
    const session = new Session(ssh, login.socket);
    const ready = ssh.connect(configFor(login, () => session.#failure === undefined));
    // node-ssh takes its own listener away once connected; without one, a reset would end the process.
    ssh.connection?.on('error', (error: Error) => {
      session.#failure ??= error;
    });
    let said = '';
    ssh.connection?.on('banner', (text: string) => {
      said = text;
    });
    try {
      await ready;
    } catch (error) {
      login.socket.destroy();
      throw isHangUp(error) ? new HungUpError(said) : error;
    }
    return session;
  }

  get alive(): boolean {
    return !this.#socket.destroyed && this.#failure === undefined;
  }

  /** Why the connection ended, if it said so. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  async exec(exec: Exec): Promise<ExitStatus> {
    if (exec.urgent) return this.#execOnce(exec);
    for (let refusals = 1; ; refusals += 1) {
      const ended = await this.#channels.use(() => this.#tryExec(exec, refusals < LONELY_REFUSALS));
      if (ended) return ended;
    }
  }

  /** Nothing if sshd allows fewer channels than are open (MaxSessions): there is a turn when one of them has ended. */
  async #tryExec(exec: Exec, patient: boolean): Promise<ExitStatus | undefined> {
    try {
      // It frees a channel a little after it has ended.
      return await retry({ tries: 4, pause: 50, again: isOpenFailure }, () => this.#execOnce(exec));
    } catch (error) {
      const { busy } = this.#channels;
      if (!isOpenFailure(error) || (busy === 1 && !patient)) throw error;
      this.#channels.limit(busy - 1);
      return undefined;
    }
  }

  async #execOnce({ line, stdin, onStdout, onStderr, close, deadline }: Exec): Promise<ExitStatus> {
    let timer = this.#lostAfter(CHANNEL_OPEN_LIMIT, 'no channel was opened');
    try {
      const channel = await this.#openChannel(line);
      clearTimeout(timer);
      timer = this.#lostAfter(deadline, 'no end of the command');
      channel.on('error', () => {});
      const end = () => {
        channel.close();
        clearTimeout(timer);
        timer = this.#lostAfter(CHANNEL_CLOSE_LIMIT, 'no end of the channel, which was closed from here,');
      };
      if (close.aborted) end();
      else close.addEventListener('abort', end);
      const ended = endOf(channel);
      channel.on('data', onStdout);
      channel.stderr.on('data', onStderr);
      stdin().pipe(channel);
      return await ended;
    } finally {
      clearTimeout(timer);
    }
  }

  /** node-ssh's own way keeps all output a second time, as one text: half a GiB of it would end the process. */
  #openChannel(line: string): Promise<ClientChannel> {
    const { connection } = this.#ssh;
    return new Promise((resolve, reject) => {
      if (!connection) throw new Error('Not connected to server');
      connection.once('error', reject);
      connection.exec(line, (error, channel) => {
        connection.off('error', reject);
        if (error) reject(error);
        else resolve(channel);
      });
    });
  }

  #lostAfter(milliseconds: number, what: string): NodeJS.Timeout {
    const seconds = Math.round(milliseconds / 1000);
    return setTimeout(() => this.destroy(new Error(`${what} within ${seconds} s`)), milliseconds);
  }

  /** Ends the connection; a dead network cannot hold it up. */
  async close(): Promise<void> {
    if (this.#socket.destroyed) return;
    const grace = new AbortController();
    const patience = sleep(CLOSE_GRACE, undefined, { signal: grace.signal }).catch(() => {});
    const closed = once(this.#socket, 'close');
    this.#ssh.dispose();
    await Promise.race([closed, patience]);
    grace.abort();
    this.#socket.destroy();
  }

  /** Ends the connection at once; all that waits for it ends without an answer. */
  destroy(reason: Error): void {
    this.#failure ??= reason;
    this.#socket.destroy();
  }
}

function endOf(channel: ClientChannel): Promise<ExitStatus> {
  return new Promise((resolve) => {
    let status: ExitStatus = { code: null, signal: null };
    channel.on('exit', (code: number | null, signal?: string) => {
      status = { code: code ?? null, signal: signal ?? null };
    });
    channel.on('close', () => resolve(status));
  });
}

/** node-ssh's word for a connection that ends, without an error, before the login is done. */
function isHangUp(error: unknown): boolean {
  return error instanceof Error && error.message === 'No response from server';
}

/** sshd refused a further channel; nothing was run. */
export function isOpenFailure(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Channel open failure');
}

/**
 * One credential after the other, while nothing has gone wrong: a password is not given on the heels of an agent that
 * failed, as the login is tried again without that agent. The first one waits until the host key is stored. By then the
 * host has proven that it holds the key.
 */
function offering(login: Login, isFine: () => boolean) {
  const left = [...login.credentials];
  const next = () => {
    const credential = isFine() ? left.shift() : undefined;
    return credential ? { ...inItsWords(credential, login), username: login.user } : false;
  };
  let isStored = false;
  return (_methods: unknown, _partial: unknown, offer: (credential: ReturnType<typeof next>) => void) => {
    if (isStored) return next();
    isStored = true;
    login.storeHostKey().then(
      () => login.socket.destroyed || offer(next()),
      () => login.socket.destroy(),
    );
    return undefined;
  };
}

/** As the SSH library wants it. */
function inItsWords(credential: Credential, { algorithms }: Login) {
  const takesSha1 = algorithms.hostKey.includes('ssh-rsa');
  if (credential.type === 'agent') {
    const agent = filteredAgent(credential.agent, credential.choice);
    return { type: credential.type, agent: takesSha1 ? agent : onlySha256(agent) };
  }
  if (credential.type !== 'publickey' || takesSha1) return credential;
  const [key] = [ssh2.utils.parseKey(credential.key, credential.passphrase)].flat();
  // One that cannot be opened is passed over by the library.
  return key === undefined || key instanceof Error
    ? credential
    : { type: credential.type, key: sha256Key(key) };
}

/** A server must support `none`; a compressed packet of a hostile one would grow a thousandfold. */
function namedForLibrary({ keyExchange, hostKey, cipher, mac }: Algorithms) {
  return { kex: keyExchange, serverHostKey: hostKey, cipher, hmac: mac, compress: ['none'] };
}

function configFor(login: Login, isFine: () => boolean): Parameters<NodeSSH['connect']>[0] {
  return {
    sock: login.socket,
    username: login.user,
    authHandler: offering(login, isFine) as never,
    hostVerifier: (key: Buffer) => login.verifyHostKey(key),
    algorithms: namedForLibrary(login.algorithms) as never,
    readyTimeout: login.timeout,
    keepaliveInterval: login.keepalive,
    keepaliveCountMax: 3,
  };
}

/** What it takes to get a connection. */
interface Login {
  readonly socket: Duplex;
  readonly user: string;
  readonly credentials: readonly Credential[];
  readonly algorithms: Algorithms;
  verifyHostKey(key: Buffer): boolean;
  /** Awaited before the first credential is offered; if it rejects, none is. */
  storeHostKey(): Promise<void>;
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds. */
  readonly keepalive: number;
}
