import { SAID } from './frames.ts';

const LINE_END = 0x0a;
/** Bytes of a line: what is longer is not ours. */
const LONGEST = 64 * 1024;

/** Picks what a script says while it goes on out of its stdout, however that is cut into chunks. */
export class ProgressLines {
  readonly #mark: string;
  readonly #said: (line: string) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(nonce: string, said: (line: string) => void) {
    this.#mark = `${nonce} ${SAID} `;
    this.#said = said;
  }

  push(chunk: Buffer): void {
    const lines = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = lines.lastIndexOf(LINE_END) + 1;
    this.#rest = Buffer.from(lines.subarray(end).subarray(-LONGEST));
    for (const line of lines.subarray(0, end).toString().split('\n')) {
      if (line.startsWith(this.#mark)) this.#said(line.slice(this.#mark.length));
    }
  }
}
