import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { Host } from '../model/index.ts';

/** A program, such as `ssh -W`, whose stdin and stdout are the way to a host. */
export class JumpSocket extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  #said = '';

  /** It gets a session of its own: no terminal to ask on, and Ctrl-C is ours, who end what runs on the host first. */
  constructor([tool, ...words]: readonly [string, ...string[]]) {
    super();
    this.#child = spawn(tool, words, { stdio: 'pipe', detached: true });
    const { stdin, stdout, stderr } = this.#child;
    this.#child.on('error', (error) => this.#note(`${tool}: ${error.message}`));
    this.#child.on('close', () => this.push(null));
    stdin.on('error', () => {});
    stdout.on('data', (chunk: Buffer) => this.push(chunk) || stdout.pause());
    stderr.on('data', (chunk: Buffer) => this.#note(chunk.toString()));
  }

  /** The last that the program had to say. */
  get complaint(): string {
    return this.#said.trim().split('\n').at(-1)?.trim() ?? '';
  }

  /** The jump host's sshd dropped the connection before any login, as it does while it is busy. */
  get busy(): boolean {
    return /kex_exchange_identification|Exceeded MaxStartups|Broken pipe|^Connection (reset|closed) by/m.test(
      this.#said,
    );
  }

  #note(text: string): void {
    this.#said = (this.#said + text).slice(-4000);
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // A program that has ended says why on stderr, and ends stdout: that is the answer, not EPIPE.
    this.#child.stdin.write(chunk, encoding, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#child.kill();
    done(error);
  }
}

/** `ssh -W` through the jump hosts `a,b`; what OpenSSH knows of them, keys and all, stays its matter. */
export function jumpCommand(
  { address, port }: Host,
  jump: string,
  sshConfig: string | undefined,
): [string, ...string[]] {
  const hops = jump.split(',').map((hop) => hop.trim());
  const last = hops.pop() ?? '';
  const before = hops.length > 0 ? ['-J', hops.join(',')] : [];
  const config = sshConfig === undefined ? [] : ['-F', sshConfig];
  return [
    'ssh',
    ...config,
    '-o',
    'BatchMode=yes',
    ...before,
    '-W',
    `[${address}]:${port}`,
    '--',
    asUrl(last),
  ];
}

/** ssh takes a port in a URL only. */
function asUrl(hop: string): string {
  return /:\d+$/.test(hop) && !hop.startsWith('ssh://') ? `ssh://${hop}` : hop;
}
