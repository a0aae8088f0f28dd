import type { Listener, RunEvent } from '../model/index.ts';
import type { Options } from './options.ts';
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

/** A terminal gets a live screen; lines that shall stay (-vv), a JSON document's company and anything else are plain. */
export async function progressFor({
  json,
  verbosity,
}: Pick<Options, 'json' | 'verbosity'>): Promise<Progress> {
  const screen =
    process.stdout.isTTY && process.stderr.isTTY && process.env.TERM !== 'dumb' && !process.env.CI;
  if (screen && !json && verbosity < 2)
    return new Progress((await import('./views/listr.ts')).showOnTerminal);
  const plain = plainProgress((line) => process.stderr.write(line), { verbosity });
  return new Progress((_title, _hosts, phase) => phase(plain));
}
