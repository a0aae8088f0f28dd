import type { HostResult, RunResult } from '../model/index.ts';
import { apply } from './commands/apply.ts';
import { plan } from './commands/plan.ts';
import { verify } from './commands/verify.ts';
import type { Conduct } from './conduct.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { openFleet } from './open-fleet.ts';
import type { Options, Verb } from './options.ts';
import { progressFor } from './progress.ts';
import { json } from './views/json.ts';
import { paintFor } from './views/paint.ts';
import { summary } from './views/summary.ts';

const VERBS: Record<Verb, (conduct: Conduct) => Promise<readonly HostResult[] | undefined>> = {
  plan,
  apply,
  verify,
};

/** The story of a run: load, connect, do, print; returns the exit code. */
export async function run(options: Options, signal: AbortSignal): Promise<number> {
  const started = performance.now();
  const progress = await progressFor(options.json);
  const fleet = await openFleet(options, progress.listener, signal);
  const stop = () => void fleet.close();
  signal.addEventListener('abort', stop);
  try {
    const print = (verb: Verb, hosts: readonly HostResult[]) =>
      printSummary({ command: verb, hosts, rollouts: fleet.rollouts }, options, started);
    const hosts = await VERBS[options.verb]({ fleet, options, progress, signal, print });
    if (!hosts) return EXIT.done;
    const code = signalled(signal) ?? exitCodeOf(hosts, options.detailedExitcode);
    if (options.json) process.stdout.write(`${json(options.verb, hosts, code, null, fleet.rollouts)}\n`);
    else print(options.verb, hosts);
    return code;
  } finally {
    signal.removeEventListener('abort', stop);
    await fleet.close();
  }
}

/** The exit code of the signal that ended the run, so that the JSON document says the same as the process. */
function signalled({ reason }: AbortSignal): number | undefined {
  return typeof reason === 'number' ? reason : undefined;
}

function printSummary(run: Omit<RunResult, 'seconds'>, options: Options, started: number): void {
  const seconds = (performance.now() - started) / 1000;
  const { diff, verbose } = options;
  const view = { paint: paintFor(process.stdout), diff, all: verbose || run.command === 'verify' };
  process.stdout.write(`${summary({ ...run, seconds }, view)}\n`);
}
