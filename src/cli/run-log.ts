import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inspect } from 'node:util';
import { findProject, type RunEvent, TrueupError } from '../model/index.ts';
import type { Options } from './options.ts';
import { version } from './version.ts';
import { LogLines } from './views/log-lines.ts';
import { visible } from './views/visible.ts';

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
class LogFile {
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

export interface RunLogOptions {
  /** Such as PROJECT/.trueup/logs. */
  readonly folder: string;
  readonly command: string;
  readonly argv: readonly string[];
  now(): Date;
  warn(message: string): void;
}

/**
 * What happened in one run, for whoever asks afterwards: each line with its time (UTC) and host. There is no file as
 * long as nothing was asked of a host: mistakes that are told before that leave none.
 */
export class RunLog {
  readonly #file: LogFile;
  readonly #lines = new LogLines();
  readonly #now: () => Date;
  #head: (() => string) | undefined;

  constructor({ folder, command, argv, now, warn }: RunLogOptions) {
    this.#now = now;
    const time = now()
      .toISOString()
      .replace(/[-:]|\.\d+/g, '');
    this.#file = new LogFile(folder, `${time}-${command}-${process.pid}.log`, (message) =>
      warn(`warning: no log of this run: ${message}`),
    );
    const words = ['trueup', ...argv].join(' ');
    const began = now();
    // Not before it is written: until then the playbook has said what is a secret.
    this.#head = () =>
      this.#stamped([`trueup ${version}, Node ${process.version}: ${visible(words)}`], began);
  }

  /** Where it lies, as seen from here; undefined if there is none. */
  get shownPath(): string | undefined {
    const { path } = this.#file;
    if (path === undefined) return undefined;
    const short = relative(process.cwd(), path);
    return short.startsWith('..') ? path : short;
  }

  take(event: RunEvent): void {
    this.#write(this.#lines.of(event));
  }

  note(text: string): void {
    this.#write(visible(text).split('\n'));
  }

  /** What ended the run: whole, with its stack and what caused it. */
  fail(error: unknown): void {
    if (error instanceof TrueupError && this.#file.path === undefined) return;
    this.note(`the run was ended by an error: ${inspect(error)}`);
  }

  close(): void {
    this.#file.close();
  }

  #write(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#file.write((this.#head?.() ?? '') + this.#stamped(lines));
    this.#head = undefined;
  }

  /** Lines that belong to the one before them are indented instead. */
  #stamped(lines: readonly string[], at = this.#now()): string {
    const time = at.toISOString();
    const indent = ' '.repeat(time.length);
    return lines.map((line) => `${line.startsWith(' ') ? indent : time}  ${line}\n`).join('');
  }
}

/** The log of a run goes into the project that the playbook is of. */
export function runLogFor(options: Options, argv: readonly string[]): RunLog {
  return new RunLog({
    folder: join(findProject(options.playbook).root, '.trueup', 'logs'),
    command: options.verb,
    argv,
    now: () => new Date(),
    warn: (message) => process.stderr.write(`${visible(message)}\n`),
  });
}
