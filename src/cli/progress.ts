import type { Listener, RunEvent } from '../model/index.ts';
import { plainProgress } from './views/plain.ts';

type View = <Result>(
  title: string,
  hosts: number,
  phase: (listener: Listener) => Promise<Result>,
) => Promise<Result>;

/** Hands the events of each phase of a run to the view that fits where it is watched. */
export class Progress {
  #listener: Listener = () => {};
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  readonly listener: Listener = (event: RunEvent) => this.#listener(event);

  show<Result>(title: string, hosts: number, phase: () => Promise<Result>): Promise<Result> {
    return this.#view(title, hosts, (listener) => {
      this.#listener = listener;
      return phase();
    });
  }
}

/** A terminal gets a live screen, anything else plain lines, a JSON document no company on the terminal. */
export async function progressFor(json: boolean): Promise<Progress> {
  const screen =
    process.stdout.isTTY && process.stderr.isTTY && process.env.TERM !== 'dumb' && !process.env.CI;
  if (screen && !json) return new Progress((await import('./views/listr.ts')).showOnTerminal);
  const plain = plainProgress((line) => process.stderr.write(line));
  return new Progress((_title, _hosts, phase) => phase(plain));
}
