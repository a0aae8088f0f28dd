import { setMaxListeners } from 'node:events';
import { EXIT } from './exit-code.ts';

const EXIT_OF = {
  SIGHUP: EXIT.hungUp,
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
} as const;

/**
 * Ctrl-C, a closed terminal, a kill: the first ends the run in order, the second at once. A terminal that closes says so
 * more than once, by its shell and by the kernel: that is still the first.
 *
 * Before a host is connected to there is nothing to end in order, and a playbook or a parser that does not come to its
 * end would keep a listener from being called: until `listen` a signal ends the process, as it does by default.
 */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #takers = Object.entries(EXIT_OF).map(([name, code]) => ({ name, take: () => this.#take(code) }));
  #code: number | undefined;

  constructor() {
    // Every host listens while it connects: more than ten are no leak, of which Node would warn.
    setMaxListeners(0, this.signal);
  }

  /** From now on. */
  listen(): void {
    for (const { name, take } of this.#takers) process.on(name, take);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The exit code that it stands for, once there was one. */
  get code(): number | undefined {
    return this.#code;
  }

  stop(): void {
    for (const { name, take } of this.#takers) process.off(name, take);
  }

  #take(code: number): void {
    if (this.#code !== undefined && code === EXIT.hungUp) return;
    if (this.#code !== undefined) process.exit(code);
    this.#code = code;
    process.stderr.write('\ninterrupted: ending what runs on the hosts (once more to leave at once)\n');
    this.#controller.abort(code);
  }
}
