import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { framedScript } from './framed-script.ts';
import { BEGIN, FrameReader } from './frames.ts';
import { rootShellLine } from './root-shell.ts';
import type { ExitStatus, Session } from './session.ts';

export interface Request {
  /** The body of a framed script. */
  readonly script: string;
  /** Stdin of the script. */
  readonly body?: Buffer;
  /** Seconds until the script must have ended. */
  readonly deadline: number;
  /** The script reads a last line, which is sent once its output has arrived here. */
  readonly farewell?: boolean;
}

/** The output between two marks. */
export interface Piece {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly code: number;
  readonly seconds: number;
}

/** How long a channel may stay open behind its last mark, say for a child that kept its stdout, in milliseconds. */
const LINGER = 2000;

/** One framed script under way on a host, and what came back so far. */
export class Exchange {
  readonly #request: Request;
  readonly #script: string;
  readonly #stdout: FrameReader;
  readonly #stderr: FrameReader;
  #stdin = new PassThrough();

  constructor(request: Request) {
    const nonce = randomBytes(16).toString('hex');
    this.#request = request;
    this.#script = framedScript(nonce, request.script);
    this.#stdout = new FrameReader(nonce);
    this.#stderr = new FrameReader(nonce);
  }

  /** Resolves with nothing once all output is here, or with how the channel ended before that. */
  async run(session: Session): Promise<ExitStatus | undefined> {
    const close = new AbortController();
    let completed = (): void => {};
    const complete = new Promise<void>((resolve) => {
      completed = resolve;
    });
    const take = (reader: FrameReader) => (chunk: Buffer) => {
      reader.push(chunk);
      if (this.#complete) completed();
    };
    const ended = session.exec({
      line: rootShellLine(Buffer.byteLength(this.#script)),
      stdin: () => this.#feed(),
      onStdout: take(this.#stdout),
      onStderr: take(this.#stderr),
      close: close.signal,
      deadline: this.#request.deadline * 1000,
    });
    const status = await Promise.race([complete, ended]);
    if (status && !this.#complete) return status;
    await this.#part(ended, close);
    return undefined;
  }

  /** The pieces of output that are here whole. */
  get pieces(): Piece[] {
    const errors = this.#stderr.frames;
    return this.#stdout.frames.slice(1, -1).map(({ bytes, words }, index) => {
      const [code, began, ended] = words.map(Number);
      const stderr = errors[index + 1]?.bytes ?? Buffer.alloc(0);
      return { stdout: bytes, stderr, code: code ?? Number.NaN, seconds: (ended ?? 0) - (began ?? 0) };
    });
  }

  /** The session on the host that everything of this script belongs to, once the script has begun. */
  get remoteSession(): string | undefined {
    const [word, session] = this.#stdout.frames[0]?.words ?? [];
    return word === BEGIN ? session : undefined;
  }

  /** All that came on stderr, from the login shell too. */
  get complaint(): string {
    return this.#stderr.all.toString().trim();
  }

  get #complete(): boolean {
    return this.#stdout.ended && this.#stderr.ended;
  }

  #feed(): PassThrough {
    this.#stdin = new PassThrough();
    this.#stdin.write(this.#script);
    if (this.#request.body) this.#stdin.write(this.#request.body);
    if (!this.#request.farewell) this.#stdin.end();
    return this.#stdin;
  }

  async #part(ended: Promise<unknown>, close: AbortController): Promise<void> {
    this.#stdin.end('\n');
    const timer = setTimeout(() => close.abort(), LINGER);
    const gone = ended.catch(() => {}).finally(() => clearTimeout(timer));
    if (this.#request.farewell) await gone;
  }
}
