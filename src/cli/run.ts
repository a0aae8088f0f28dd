import type { Run } from '../engine/run.ts';
import { type HostResult, InputError, type RunEvent, type RunResult } from '../model/index.ts';
import type { CommandContext } from './command-context.ts';
import { apply } from './commands/apply.ts';
import { plan } from './commands/plan.ts';
import { verify } from './commands/verify.ts';
import { playbookContext, prepareRun } from './context.ts';
import { EXIT, exitCodeOf, signalled } from './exit-code.ts';
import type { Interruption } from './interruption.ts';
import type { Report } from './junit-report.ts';
import { writeDocument } from './masked-streams.ts';
import type { Options, Verb } from './options.ts';
import { progressFor } from './progress.ts';
import type { RunLog } from './run-log.ts';
import { json } from './views/json.ts';
import { paintFor } from './views/paint.ts';
import { siteMap } from './views/site-map.ts';
import { summary } from './views/summary.ts';
import { visible } from './views/visible.ts';

const VERBS: Record<Verb, (context: CommandContext) => Promise<readonly HostResult[] | undefined>> = {
  plan,
  apply,
  verify,
};

/** A run with its report; returns the exit code. */
export function runCommand(options: Options, interruption: Interruption, log?: RunLog): Promise<number> {
  refuseMapInJson(options);
  return withReport(options, (report) => carryOut(options, interruption, report, log));
}

function refuseMapInJson({ map, json: document }: Options): void {
  if (!map || !document) return;
  throw new InputError('--map is a picture, and --json a document: choose one', {
    advice: 'What the picture is drawn from is in the document, as `sighting` of each check.',
  });
}

/** The story of a run: load, connect, do, print. */
async function carryOut(
  options: Options,
  interruption: Interruption,
  report: Report,
  log: RunLog | undefined,
): Promise<number> {
  const started = performance.now();
  const progress = await progressFor(options);
  const tell = (event: RunEvent) => {
    log?.take(event);
    progress.listener(event);
  };
  const { signal } = interruption;
  const { run, sessions } = await prepareRun(await playbookContext(options), options, tell, signal);
  interruption.listen();
  signal.addEventListener('abort', () => tell({ type: 'interrupted' }));
  try {
    const print = (verb: Verb, hosts: readonly HostResult[]) =>
      printSummary(
        { command: verb, hosts, rollouts: run.rollouts, seconds: (performance.now() - started) / 1000 },
        options,
        run,
      );
    const hosts = await VERBS[options.verb]({ run, options, progress, signal, print, tell });
    report(hosts ?? []);
    const code = signalled(signal) ?? (hosts ? exitCodeOf(hosts, options.detailedExitcode) : EXIT.declined);
    log?.note(`exit code ${code}`);
    if (!hosts) return code;
    const more = { rollouts: run.rollouts, diff: options.diff };
    if (options.json) writeDocument(`${json(options.verb, hosts, code, more)}\n`);
    else print(options.verb, hosts);
    const went = code === EXIT.done || code === EXIT.pending;
    if (!went) nameLog(log, options);
    return code;
  } finally {
    await sessions.close();
  }
}

/** The last line of a run that failed; beside a JSON document it goes to stderr. */
function nameLog(log: RunLog | undefined, { json }: Options): void {
  const path = log?.shownPath;
  if (path === undefined) return;
  (json ? process.stderr : process.stdout).write(`\nThe log of this run: ${visible(path)}\n`);
}

function printSummary(result: RunResult, options: Options, run: Run): void {
  const paint = paintFor(process.stdout);
  const width = process.stdout.columns ?? 80;
  const map = options.map ? siteMap(run.hosts, result.hosts, { paint, width }) : undefined;
  const { columns } = process.stdout;
  const view = {
    paint,
    map,
    columns,
    diff: options.diff,
    all: options.verbosity > 0 || result.command === 'verify',
  };
  process.stdout.write(`${summary(result, view)}\n`);
}

/** Does it with what takes its result; an error that ends it is reported, too. */
async function withReport<T>(options: Options, job: (report: Report) => Promise<T>): Promise<T> {
  const report = await reportOf(options);
  try {
    return await job(report);
  } catch (error) {
    report([], error);
    throw error;
  }
}

/** Only a run that is to leave a report loads what writes one. */
async function reportOf(options: Options): Promise<Report> {
  if (options.junit === undefined) return () => {};
  return (await import('./junit-report.ts')).junitReport(options, options.junit);
}
