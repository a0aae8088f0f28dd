import { join, relative } from 'node:path';
import { inspect } from 'node:util';
import { findProject, type RunEvent, TrueupError } from '../model/index.ts';
import { LogFile } from './log-file.ts';
import type { Options } from './options.ts';
import { version } from './version.ts';
import { LogLines } from './views/log-lines.ts';
import { visible } from './views/visible.ts';

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
