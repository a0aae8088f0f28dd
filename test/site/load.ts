import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ClientHost } from './client-host.ts';
import type { LoadSpec } from './load/main.ts';
import type { Report } from './load/tally.ts';

const JITI = fileURLToPath(new URL('../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));
const MAIN = fileURLToPath(new URL('load/main.ts', import.meta.url));

/** A client that asks at a steady pace, in a process and a network of its own. It ends with us, however we do. */
export class Load {
  readonly #child: ChildProcess;
  readonly #said: Promise<string>;

  constructor({ enter }: ClientHost, spec: LoadSpec) {
    const [program = '', ...words] = [...enter, process.execPath, JITI, MAIN, JSON.stringify(spec)];
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    this.#said = text(child.stdout);
  }

  /** Stops asking, and tells what was seen. */
  async end(): Promise<Report> {
    this.#child.stdin?.end();
    const said = await this.#said;
    if (said === '') throw new Error('the load has ended without a report');
    return JSON.parse(said);
  }
}

/** For a test's output. */
export function inWords({ requests, failures, longestGap, slowest }: Report): string {
  const gap = `longest gap ${longestGap.ms} ms, slowest ${slowest?.ms} ms`;
  return `${requests} requests, ${failures.length} failed; ${gap}`;
}
