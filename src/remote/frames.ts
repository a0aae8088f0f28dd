import { ProbeError } from '../model/index.ts';

/** Bytes of a command's output that are kept where only its ends matter. */
const HEAD = 64 * 1024;
const TAIL = 960 * 1024;

/** The output of one command as it comes in: all of it, or its ends. */
class KeptOutput {
  readonly #chunks: Buffer[] = [];
  readonly #tail: Buffer[] = [];
  #size = 0;
  #tailSize = 0;
  #leftOut = 0;

  /** How many bytes are held. */
  get size(): number {
    return this.#size + this.#tailSize;
  }

  /** `whole`: none of it may be left out. */
  add(chunk: Buffer, whole: boolean): void {
    if (chunk.length === 0) return;
    if (whole || this.#size + chunk.length <= HEAD) {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      return;
    }
    this.#tail.push(chunk);
    this.#tailSize += chunk.length;
    for (let first = this.#tail[0]; first && this.#tailSize - first.length >= TAIL; first = this.#tail[0]) {
      this.#tail.shift();
      this.#tailSize -= first.length;
      this.#leftOut += first.length;
    }
  }

  get bytes(): Buffer {
    const note = this.#leftOut > 0 ? [Buffer.from(`\n… ${this.#leftOut} bytes left out …\n`)] : [];
    return Buffer.concat([...this.#chunks, ...note, ...this.#tail]);
  }
}

/** A piece of output, with what the mark behind it said. */
export interface Frame {
  readonly bytes: Buffer;
  readonly words: readonly string[];
}

/** The words of the first and the last mark. */
export const BEGIN = 'begin';
const END = 'end';
/** The first word of a line that is no mark between two pieces: news from a script that goes on. */
export const SAID = 'said';

/** Bytes that are kept of one stream: a host that prints without end shall not cost more. */
export const MOST_OUTPUT = 32 * 1024 * 1024;
/** What each mark counts for, and how long one may be: a host may print marks without end, too. */
const MARK_COST = 1024;
const LONGEST_MARK = 64 * 1024;

/** Collects one stream of a framed script: pieces with a line between them that begins with the nonce. */
export class FrameReader {
  readonly #mark: string;
  readonly #isWhole: (done: readonly Frame[]) => boolean;
  readonly #frames: Frame[] = [];
  #piece = new KeptOutput();
  /** What may be the beginning of a mark. */
  #rest: Buffer = Buffer.alloc(0);
  #size = 0;
  #ended = false;
  #tooMuch = false;

  /** `isWhole`: whether the piece behind these must be kept whole; else its ends are enough. */
  constructor(nonce: string, isWhole: (done: readonly Frame[]) => boolean = () => true) {
    this.#mark = `\n${nonce} `;
    this.#isWhole = isWhole;
  }

  push(chunk: Buffer): void {
    if (this.#ended || this.#tooMuch) return;
    let left: Buffer | undefined = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = Buffer.alloc(0);
    while (left !== undefined && !this.#ended) left = this.#takePiece(left);
    this.#tooMuch ||= this.#size + this.#piece.size + this.#rest.length > MOST_OUTPUT;
  }

  /** The script has run to its end. */
  get ended(): boolean {
    return this.#ended;
  }

  /** There was more than is kept: what came is not all. */
  get tooMuch(): boolean {
    return this.#tooMuch;
  }

  /** All pieces that are whole; the first, before BEGIN, is what the login shell printed. */
  get frames(): readonly Frame[] {
    return this.#frames;
  }

  /** The end of all that came, whether the script ever began or not. */
  get lastBytes(): Buffer {
    const pieces = this.#frames.map(({ bytes }) => bytes);
    return Buffer.concat([...pieces, this.#piece.bytes, this.#rest]).subarray(-LONGEST_MARK);
  }

  /** Takes what lies before the next mark, and the mark; returns what is left behind it. */
  #takePiece(bytes: Buffer): Buffer | undefined {
    const at = bytes.indexOf(this.#mark);
    const lineEnd = at < 0 ? -1 : bytes.indexOf('\n', at + this.#mark.length);
    if (lineEnd < 0) {
      this.#keepRest(bytes, at);
      return undefined;
    }
    const words = bytes.toString('latin1', at + this.#mark.length, lineEnd).split(' ');
    this.#keep(bytes.subarray(0, at));
    if (words[0] !== SAID) this.#frames.push({ bytes: this.#piece.bytes, words });
    this.#size += (words[0] === SAID ? 0 : this.#piece.size) + MARK_COST;
    this.#piece = new KeptOutput();
    this.#ended = words[0] === END;
    this.#tooMuch ||= this.#size > MOST_OUTPUT;
    return this.#tooMuch ? undefined : bytes.subarray(lineEnd + 1);
  }

  #keepRest(bytes: Buffer, mark: number): void {
    const cut = mark < 0 ? Math.max(0, bytes.length - this.#mark.length + 1) : mark;
    this.#keep(bytes.subarray(0, cut));
    // A copy, so that the chunk itself can go.
    this.#rest = Buffer.from(bytes.subarray(cut));
    this.#tooMuch ||= this.#rest.length > LONGEST_MARK;
  }

  #keep(bytes: Buffer): void {
    this.#piece.add(bytes, this.#isWhole(this.#frames));
  }
}

/**
 * A script in braces, so that a part of it is no script. In its body `e CODE` ends a piece of output on both
 * streams; the coda runs behind the last mark. The first mark tells the session and the shell on the host, by
 * which all that it started can be found again.
 */
export function framedScript(nonce: string, body: string, coda = ':'): string {
  return `{
umask 022
cd /
N=${nonce}
m() { printf '\\n%s %s\\n' $N "$*"; printf '\\n%s %s\\n' $N "$1" >&2; }
u() { read -r t u </proc/uptime; }
e() { c=$1; u; m $c $b $t; b=$t; }
read -r s </proc/self/stat
set -- \${s##*) }
m ${BEGIN} $4 $$
u; b=$t
${body}
m ${END}
${coda}
}`;
}

/** The output between two marks. */
export interface CommandOutput {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly code: number;
  readonly seconds: number;
}

/** What lies between the first mark and the last; the marks on stdout tell the code, and when it began and ended. */
export function commandOutputs(stdout: readonly Frame[], stderr: readonly Frame[]): CommandOutput[] {
  return stdout.slice(1, -1).map(({ bytes, words }, index) => {
    const [code = Number.NaN, began = 0, ended = 0] = words.map(Number);
    if (!isCode(code) || !Number.isFinite(began) || !Number.isFinite(ended)) {
      throw new ProbeError('the host answered with something that the script does not print');
    }
    const errors = stderr[index + 1]?.bytes ?? Buffer.alloc(0);
    return { stdout: bytes, stderr: errors, code, seconds: ended - began };
  });
}

function isCode(code: number): boolean {
  return Number.isInteger(code) && code >= 0 && code <= 255;
}
