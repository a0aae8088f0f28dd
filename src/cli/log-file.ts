import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** How many logs a folder keeps. */
const KEEP = 50;
const IS_LOG = /^\d{8}T\d{6}Z-[a-z]+-\d+\.log$/;
/** Milliseconds, and characters, that may wait to be written. */
const DELAY = 250;
const BUFFER = 65_536;

/**
 * A file for the log of one run, for its owner alone. Written in large pieces, and at the very end even if the process
 * exits in the middle. What cannot be written is told once and given up: a log is no reason for a run to fail.
 */
export class LogFile {
  readonly #folder: string;
  readonly #path: string;
  readonly #warn: (message: string) => void;
  readonly #atExit = (): void => this.flush();
  #waiting = '';
  #timer: NodeJS.Timeout | undefined;
  #file: number | undefined;
  #given: 'begun' | 'up' | undefined;

  constructor(folder: string, name: string, warn: (message: string) => void) {
    this.#folder = folder;
    this.#path = join(folder, name);
    this.#warn = warn;
  }

  /** Where it lies; undefined if there is none. Whoever asks is told what is true: so it is written by then. */
  get path(): string | undefined {
    this.flush();
    return this.#given === 'begun' ? this.#path : undefined;
  }

  write(text: string): void {
    if (this.#given === undefined) this.#begin();
    if (this.#given === 'up') return;
    this.#waiting += text;
    if (this.#waiting.length >= BUFFER) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), DELAY).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#waiting;
    this.#waiting = '';
    if (text !== '') this.#attempt(() => this.#append(text));
  }

  close(): void {
    process.off('exit', this.#atExit);
    this.flush();
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    this.#attempt(() => removeOldest(this.#folder));
  }

  #begin(): void {
    this.#given = 'begun';
    process.on('exit', this.#atExit);
  }

  #append(text: string): void {
    this.#file ??= this.#open();
    writeSync(this.#file, text);
  }

  #open(): number {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    chmodSync(this.#folder, 0o700);
    return openSync(this.#path, 'wx', 0o600);
  }

  #attempt(job: () => void): void {
    try {
      job();
    } catch (error) {
      if (this.#given !== 'up') this.#warn(error instanceof Error ? error.message : String(error));
      this.#given = 'up';
    }
  }
}

function removeOldest(folder: string): void {
  const logs = readdirSync(folder)
    .filter((name) => IS_LOG.test(name))
    .sort();
  for (const name of logs.slice(0, -KEEP)) rmSync(join(folder, name), { force: true });
}
