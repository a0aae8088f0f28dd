/** A piece of output, with what the mark behind it said. */
export interface Frame {
  readonly bytes: Buffer;
  readonly words: readonly string[];
}

/** The words of the first and the last mark. */
export const BEGIN = 'begin';
export const END = 'end';
/** The first word of a line that is no mark between two pieces: news from a script that goes on. */
export const SAID = 'said';

/** Collects one stream of a framed script: pieces with a line between them that begins with the nonce. */
export class FrameReader {
  readonly #mark: string;
  readonly #end: string;
  readonly #chunks: Buffer[] = [];
  #tail: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(nonce: string) {
    this.#mark = `\n${nonce} `;
    this.#end = `${this.#mark}${END}\n`;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    const seen = Buffer.concat([this.#tail, chunk]);
    this.#ended ||= seen.includes(this.#end);
    this.#tail = seen.subarray(-this.#end.length);
  }

  /** The script has run to its end. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Everything that came, whether the script ever began or not. */
  get all(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** All pieces that are whole; the first, before BEGIN, is what the login shell printed. */
  get frames(): Frame[] {
    const all = this.all;
    const frames: Frame[] = [];
    let start = 0;
    for (;;) {
      const at = all.indexOf(this.#mark, start);
      const lineEnd = at < 0 ? -1 : all.indexOf('\n', at + 1);
      if (lineEnd < 0) return frames;
      const words = all.toString('latin1', at + this.#mark.length, lineEnd).split(' ');
      if (words[0] !== SAID) frames.push({ bytes: all.subarray(start, at), words });
      start = lineEnd + 1;
    }
  }
}
