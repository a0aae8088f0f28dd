import type { Duplex } from 'node:stream';
import type { Algorithms } from './algorithms.ts';

/** Bytes: the longest packet that a server may begin with (RFC 4253, 6.1), and its greeting. */
const LIMIT = 40_000;
const KEXINIT = 20;

/** Listens for the algorithms that a server offers (RFC 4253, 7.1): the SSH library does not report them. */
export class ServerOffer {
  readonly #socket: Duplex;
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** To be called once the SSH library listens as well: what comes before that would be lost for it. */
  start(): void {
    this.#socket.on('data', this.#collect);
  }

  stop(): void {
    this.#socket.off('data', this.#collect);
  }

  /** Undefined if it has not come, or not in this form. */
  read(): Algorithms | undefined {
    try {
      return parse(Buffer.concat(this.#chunks));
    } catch {
      return undefined;
    }
  }

  #collect = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length > LIMIT) this.stop();
  };
}

function parse(bytes: Buffer): Algorithms | undefined {
  const greeting = /^(?:[^\n]*\n)*?SSH-[^\n]*\n/.exec(bytes.toString('latin1', 0, LIMIT))?.[0];
  if (greeting === undefined) return undefined;
  // Its length and that of its padding, the kind of message, a cookie of 16 bytes, and lists of names.
  let at = greeting.length + 5;
  if (bytes[at] !== KEXINIT) return undefined;
  at += 17;
  const list = () => {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new RangeError('cut short');
    const names = bytes.toString('latin1', at + 4, end).split(',');
    at = end;
    return names.filter((name) => /^[\x21-\x7e]{1,64}$/.test(name));
  };
  // Some names in the first list say what else the server can do.
  const keyExchange = list().filter((name) => !/^(ext-info-|kex-strict-)/.test(name));
  const hostKey = list();
  const both = () => {
    const [there, back] = [list(), list()];
    return there.filter((name) => back.includes(name));
  };
  return { keyExchange, hostKey, cipher: both(), mac: both() };
}
