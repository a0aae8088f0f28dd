/** Bytes of a command's output that are kept where only its ends matter. */
const HEAD = 64 * 1024;
const TAIL = 960 * 1024;

/** The output of one command as it comes in: all of it, or its ends. */
export class KeptOutput {
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
