import { readFileSync } from 'node:fs';
import { InputError } from '../model/index.ts';

/** A `--limit`: `@FILE` in it stands for the lines of that file, each a pattern of its own; `#` begins a comment. */
export function limitPattern(limit: string): string {
  return limit
    .split(',')
    .flatMap((term) => (term.trim().startsWith('@') ? linesOf(term.trim().slice(1)) : [term]))
    .join(',');
}

function linesOf(file: string): string[] {
  const lines = read(file)
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
  // No line must not come to mean all hosts.
  if (lines.length === 0) throw new InputError(`--limit @${file}: the file names no host`);
  return lines;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new InputError(`--limit @${file}: there is no such file`);
    throw new InputError(`--limit @${file}: cannot be read: ${String(error)}`, { cause: error });
  }
}
