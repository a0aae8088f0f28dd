import { closeSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type HostResult, InputError, TrueupError } from '../model/index.ts';
import type { Options } from './options.ts';
import { junit } from './views/junit.ts';

/** Takes the result of a run, or the error that ended it. */
export type Report = (hosts: readonly HostResult[], error?: unknown) => void;

/**
 * Writes the result to the file of `--junit`, which is refused before the run if it cannot be written. It is emptied
 * at once: the report of an earlier run must not stand for this one.
 */
export function junitReport({ verb, detailedExitcode }: Options, path: string): Report {
  const [started, begin] = [new Date(), performance.now()];
  attempt(path, () => closeSync(openSync(path, 'w')));
  return (hosts, error) => {
    const seconds = (performance.now() - begin) / 1000;
    const run = { command: verb, hosts, seconds, started, detailed: detailedExitcode };
    const xml = junit(error === undefined ? run : { ...run, error: inWords(error) });
    attempt(path, () => writeFileSync(path, xml));
  };
}

function inWords(error: unknown): { message: string; advice?: string | undefined } {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof TrueupError ? { message, advice: error.advice } : { message };
}

const REASONS: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `there is no folder ${dirname(path)}`,
  ENOTDIR: (path) => `${dirname(path)} is no folder`,
  EISDIR: () => 'it is a folder',
  EACCES: () => 'you may not write it',
  EROFS: () => 'its file system is read-only',
  ENOSPC: () => 'its disk is full',
};

function attempt(path: string, job: () => void): void {
  try {
    job();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const reason = REASONS[code]?.(path) ?? message;
    throw new InputError(`--junit ${path}: cannot be written: ${reason}`, { cause: error });
  }
}
