import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { mask } from '../model/index.ts';

/** What ssh says of a connection that was dropped before any login. */
const DROPPED =
  /^(kex_exchange_identification: |banner exchange: |Connection (reset|closed) by|.*Broken pipe|Exceeded MaxStartups)/;
/** That, and what it says besides. */
const SAYS_NOTHING = new RegExp(`${DROPPED.source}|^(stdio forwarding failed|Warning: |\\*\\* )`);

/** For ssh, which would open a window where there is no terminal; the second is for those before 8.4. */
const ASKS_NOBODY = { SSH_ASKPASS_REQUIRE: 'never', SSH_ASKPASS: '/bin/false' };

/** A program, such as `ssh -W` or a ProxyCommand, whose stdin and stdout are the way to a host. */
export class ProxySocket extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  #said = '';

  /** It gets a session of its own: no terminal to ask on, and Ctrl-C is ours, who end what runs on the host first. */
  constructor([tool, ...words]: readonly [string, ...string[]]) {
    // Like a net.Socket: once its program has ended, it closes, and who waits for it hears so.
    super({ allowHalfOpen: false });
    const env = { ...process.env, SHELL: '/bin/sh', ...ASKS_NOBODY };
    this.#child = spawn(tool, words, { stdio: 'pipe', detached: true, env });
    const { stdin, stdout, stderr } = this.#child;
    this.#child.on('error', (error) => this.#note(`${tool}: ${error.message}`));
    this.#child.on('close', (code) => {
      if (code && this.#said.trim() === '') this.#note(`it ended with exit code ${code}, and said nothing`);
      this.push(null);
    });
    stdin.on('error', () => {});
    stdout.on('data', (chunk: Buffer) => this.push(chunk) || stdout.pause());
    stderr.on('data', (chunk: Buffer) => this.#note(chunk.toString()));
  }

  /** Why the program has ended, in its own words: the last of them that say more than that it did. */
  get complaint(): string {
    const lines = this.#lines;
    return lines.findLast((line) => !SAYS_NOTHING.test(line)) ?? lines.at(-1) ?? '';
  }

  /** An sshd on the way dropped the connection before any login, as it does while it is busy. */
  get busy(): boolean {
    const lines = this.#lines;
    return lines.some((line) => DROPPED.test(line)) && lines.every((line) => SAYS_NOTHING.test(line));
  }

  get #lines(): string[] {
    return this.#said.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  }

  #note(text: string): void {
    this.#said = mask(this.#said + text).slice(-4000);
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // A program that has ended says why on stderr, and ends stdout: that is the answer, not EPIPE.
    this.#child.stdin.write(chunk, encoding, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#child.stdin.destroyed) done();
    else this.#child.stdin.end(() => done());
  }

  /** The whole session of it goes: a shell may have started several programs. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const { pid } = this.#child;
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGTERM');
    } catch {
      // it has ended by itself
    }
    done(error);
  }
}
