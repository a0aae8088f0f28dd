import type { WriteStream } from 'node:tty';

interface Streams {
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
}

/** Where somebody sees a question and can answer it; `2>FILE` must not hide it in the file. Undefined if nobody can. */
export function promptTty({ stdin, stdout, stderr }: Streams = process): WriteStream | undefined {
  return stdin.isTTY ? [stderr, stdout].find(({ isTTY }) => isTTY) : undefined;
}
