const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO']);

/**
 * Goes on where nobody reads any more: `trueup apply … | head`, or a terminal that was closed. No host is left halfway for
 * that, and the log of the run has all of it. Any other error of writing is thrown.
 */
export function ignoreEpipe(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', unlessGone);
}

function unlessGone(error: NodeJS.ErrnoException): void {
  if (!GONE.has(error.code)) throw error;
}
