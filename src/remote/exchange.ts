import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '../model/index.ts';
import { Deferred } from './deferred.ts';
import type { ExitStatus } from './exec.ts';
import {
  BEGIN,
  type CommandOutput,
  commandOutputs,
  type Frame,
  FrameReader,
  framedScript,
} from './frames.ts';
import type { RemoteProcess } from './kill-script.ts';
import { ProgressLines } from './progress-lines.ts';
import {
  askingRootShellLine,
  OURS_ALONE,
  rootShellLine,
  SudoPrompt,
  UNCONFINED_ALONE,
} from './root-shell.ts';
import type { Session } from './session.ts';

export interface Request {
  /** The body of a framed script. */
  readonly script: string;
  /** Stdin of the script. */
  readonly body?: Buffer;
  /** Runs behind the last mark; a line on its stdin says that all output has arrived. */
  readonly coda?: string;
  /** Seconds until the script must have ended. */
  readonly deadline: number;
  /** Hears the lines that the script says before it has ended. */
  readonly said?: (line: string) => void;
  /** Does not wait for a free channel. */
  readonly urgent?: boolean;
  /** Seconds without a byte, once it has begun, until it counts as stuck. Default: only the deadline holds. */
  readonly silence?: number;
  /** What runs on the host behind these pieces of output. */
  readonly running?: (done: readonly Frame[]) => Running | undefined;
}

/** A command of a script. */
export interface Running {
  readonly name: string;
  /** Its output is not an answer: where there is too much of it, the ends are enough. */
  readonly endsAreEnough: boolean;
}

/** Milliseconds for a channel to close behind the last mark: a child may have kept its stdout. */
const LINGER = 2000;
/** Milliseconds for a script to begin: logins and sudo may be slow, but past this nobody reads it. */
const BEGIN_LIMIT = 60_000;

/** One framed script under way on a host, and what came back so far. */
export class Exchange {
  readonly #request: Request;
  readonly #script: string;
  readonly #line: string;
  readonly #asked: SudoPrompt | undefined;
  readonly #stdout: FrameReader;
  readonly #stderr: FrameReader;
  readonly #heard: ProgressLines | undefined;
  readonly #begun = new Deferred<RemoteProcess>();
  readonly #complete = new Deferred<undefined>();
  readonly #silent = new Deferred<ExitStatus>();
  readonly #close = new AbortController();
  #stdin = new PassThrough();
  #patience: NodeJS.Timeout | undefined;
  #alive: NodeJS.Timeout | undefined;
  #where: RemoteProcess | undefined;
  #isSilent = false;
  #isStuck = false;

  /** `password`: for sudo, if it wants one. */
  constructor(request: Request, password?: Secret) {
    const nonce = randomBytes(16).toString('hex');
    this.#request = request;
    this.#script = `${OURS_ALONE}\n${UNCONFINED_ALONE}\n${framedScript(nonce, request.script, request.coda)}`;
    const bytes = Buffer.byteLength(this.#script);
    const question = randomBytes(16).toString('hex');
    this.#line = password ? askingRootShellLine(bytes, question) : rootShellLine(bytes);
    this.#asked = password && this.#answerer(question, password);
    const isWhole = (done: readonly Frame[]) =>
      done.length === 0 || !this.#runningBehind(done)?.endsAreEnough;
    this.#stdout = new FrameReader(nonce, isWhole);
    this.#stderr = new FrameReader(nonce, isWhole);
    this.#heard = request.said && new ProgressLines(nonce, request.said);
  }

  /** Resolves with nothing once all output is here, or with how the channel ended before that. */
  async run(session: Pick<Session, 'exec'>): Promise<ExitStatus | undefined> {
    const ended = session.exec({
      line: this.#line,
      stdin: () => this.#feed(),
      onStdout: (chunk) => {
        this.#asked?.push(chunk);
        this.#heard?.push(chunk);
        this.#take(this.#stdout, chunk);
      },
      onStderr: (chunk) => this.#take(this.#stderr, chunk),
      close: this.#close.signal,
      deadline: this.#request.deadline * 1000,
      urgent: this.#request.urgent ?? false,
    });
    const status = await Promise.race([this.#complete.promise, ended, this.#silent.promise]).finally(() => {
      clearTimeout(this.#patience);
      clearTimeout(this.#alive);
    });
    if (status && !this.#isComplete) {
      ended.catch(() => {});
      return status;
    }
    await this.#part(ended);
    return undefined;
  }

  /** The script has begun on the host: resolves with where it runs. */
  get begun(): Promise<RemoteProcess> {
    return this.#begun.promise;
  }

  get hasBegun(): boolean {
    return this.#where !== undefined;
  }

  /** It was given up because nothing of it had begun in time. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** It had begun, and was given up because nothing more came. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  /** It was given up because it printed more than is kept. */
  get tooMuch(): boolean {
    return this.#stdout.tooMuch || this.#stderr.tooMuch;
  }

  /** What ran on the host when it ended, if that is known. */
  get running(): Running | undefined {
    return this.hasBegun ? this.#runningBehind(this.#stdout.frames) : undefined;
  }

  get passwordGiven(): boolean {
    return this.#asked?.passwordGiven ?? false;
  }

  /** The pieces of output that are here whole. */
  get pieces(): CommandOutput[] {
    return commandOutputs(this.#stdout.frames, this.#stderr.frames);
  }

  /** All that came on stderr, from the login shell too; on stdout if there is none of it. */
  get complaint(): string {
    const [said, shown] = [this.#stderr, this.#stdout].map(({ lastBytes }) => lastBytes.toString().trim());
    return said || (shown ?? '').replace(/^[0-9a-f]{32} .*$/gm, '').trim();
  }

  get #isComplete(): boolean {
    return this.#stdout.ended && this.#stderr.ended;
  }

  #runningBehind(done: readonly Frame[]): Running | undefined {
    return done.length === 0 ? undefined : this.#request.running?.(done);
  }

  #take(reader: FrameReader, chunk: Buffer): void {
    reader.push(chunk);
    this.#alive?.refresh();
    if (this.tooMuch) this.#giveUp();
    if (this.#isComplete) this.#complete.resolve(undefined);
    if (this.#where === undefined) this.#greet();
  }

  #greet(): void {
    const [word, session, shell] = this.#stdout.frames[0]?.words ?? [];
    if (word !== BEGIN || !isNumber(session) || !isNumber(shell)) return;
    this.#where = { session, shell };
    clearTimeout(this.#patience);
    this.#begun.resolve(this.#where);
    const { silence } = this.#request;
    if (silence !== undefined && !this.#isComplete)
      this.#alive = setTimeout(() => this.#stuck(), silence * 1000);
  }

  #feed(): PassThrough {
    this.#stdin = new PassThrough();
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#silence(), BEGIN_LIMIT);
    if (!this.#asked) this.#send();
    return this.#stdin;
  }

  #silence(): void {
    this.#isSilent = true;
    this.#giveUp();
  }

  #stuck(): void {
    this.#isStuck = true;
    this.#giveUp();
  }

  #giveUp(): void {
    this.#close.abort();
    this.#silent.resolve({ code: null, signal: null });
  }

  #answerer(nonce: string, password: Secret): SudoPrompt {
    return new SudoPrompt(nonce, {
      password: () => this.#stdin.write(`${password.reveal()}\n`),
      script: () => this.#send(),
    });
  }

  #send(): void {
    this.#stdin.write(this.#script);
    if (this.#request.body) this.#stdin.write(this.#request.body);
    if (!this.#request.coda) this.#stdin.end();
  }

  async #part(ended: Promise<unknown>): Promise<void> {
    const timer = setTimeout(() => this.#close.abort(), LINGER);
    const gone = ended.catch(() => {}).finally(() => clearTimeout(timer));
    if (!this.#request.coda) return;
    this.#stdin.end('\n');
    // A host may leave the channel open.
    const patience = new AbortController();
    await Promise.race([gone, sleep(2 * LINGER, undefined, { signal: patience.signal }).catch(() => {})]);
    patience.abort();
  }
}

/** These become words of a script. */
function isNumber(word: string | undefined): word is string {
  return word !== undefined && /^\d+$/.test(word);
}
