import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { mask } from '../model/index.ts';

/** Everything that a playbook may call; it all goes to stderr, as stdout is for the result of the run. */
const METHODS = [
  ...(['log', 'info', 'debug', 'dir', 'dirxml', 'error', 'warn', 'trace', 'assert', 'table'] as const),
  ...(['group', 'groupCollapsed', 'groupEnd', 'count', 'countReset', 'time', 'timeEnd', 'timeLog'] as const),
];

let ours = false;

/** Writes a document that has been masked already: once more, as a whole, could break its form. */
export function writeDocument(text: string): void {
  ours = true;
  try {
    process.stdout.write(text);
  } finally {
    ours = false;
  }
}

/** From now on secrets are masked in all that is written, by console in a playbook too. Returns what ends this. */
export function maskStreams(): () => void {
  const undo = [maskStream(process.stdout), maskStream(process.stderr), maskConsole()];
  return () => {
    for (const each of undo.reverse()) each();
  };
}

function maskStream(stream: NodeJS.WriteStream): () => void {
  const { write } = stream;
  // The arguments after the chunk, an encoding or a callback, are handed on as they are.
  const masked: typeof write = (chunk: string | Uint8Array, ...rest: never[]) =>
    write.call(stream, ours ? chunk : maskedChunk(chunk), ...rest);
  stream.write = masked;
  return () => {
    if (stream.write === masked) stream.write = write;
  };
}

/** Bytes that are no text stay as they are. */
function maskedChunk(chunk: string | Uint8Array): string | Uint8Array {
  if (typeof chunk === 'string') return mask(chunk);
  const text = Buffer.from(chunk).toString();
  return Buffer.from(text).equals(chunk) ? mask(text) : chunk;
}

function maskConsole(): () => void {
  const stderr = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      process.stderr.write(chunk);
      done();
    },
  });
  const masked = new Console(stderr);
  const before = METHODS.map((name) => [name, console[name]] as const);
  Object.assign(console, Object.fromEntries(METHODS.map((name) => [name, masked[name]])));
  return () => void Object.assign(console, Object.fromEntries(before));
}
