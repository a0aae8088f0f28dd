import { InputError, mask, TrueupError } from '../model/index.ts';
import { EXIT } from './exit-code.ts';
import { Interruption } from './interruption.ts';
import { maskStreams, writeDocument } from './masked-streams.ts';
import { isRun, type Options, type Request } from './options.ts';
import { parseOptions } from './parse-options.ts';
import type { RunLog } from './run-log.ts';
import { promptTty } from './tty.ts';
import { paintFor } from './views/paint.ts';
import { visible } from './views/visible.ts';

/** Runs a command line and returns the exit code; all errors end here, in words. */
export async function main(argv: readonly string[]): Promise<number> {
  const interruption = new Interruption();
  let request: Request | undefined;
  let log: RunLog | undefined;
  const unlisten = listenForUncaughtErrors((error) => void dieOf(error, argv, request?.verb, log));
  const giveBack = maskStreams();
  try {
    request = parseOptions(argv);
    if (!request) return EXIT.done;
    if (isRun(request)) log = (await import('./run-log.ts')).runLogFor(request, argv);
    const code = await fulfil(request, interruption, log);
    return interruption.code ?? code;
  } catch (error) {
    const code = await printError(error, argv, request?.verb, log);
    return interruption.code ?? code;
  } finally {
    log?.close();
    giveBack();
    unlisten();
    interruption.stop();
  }
}

async function fulfil(
  request: Request,
  interruption: Interruption,
  log: RunLog | undefined,
): Promise<number> {
  if (request.verb === 'forget') return (await import('./commands/forget.ts')).forget(request);
  if (!isRun(request)) return (await import('./run-query.ts')).runQuery(request, interruption);
  refuseSilentApply(request);
  return (await import('./run.ts')).runCommand(request, interruption, log);
}

/** Nothing waits for this error: what would follow cannot be trusted. */
async function dieOf(...[error, ...rest]: Parameters<typeof printError>): Promise<void> {
  process.exit(await printError(await locateUncaughtError(error), ...rest));
}

function refuseSilentApply(options: Options): void {
  if (options.verb !== 'apply' || options.yes || (promptTty() && !options.json)) return;
  throw new InputError('apply asks before it changes anything, and here is nobody to ask', {
    advice: 'Give --yes to apply without being asked.',
  });
}

/** Returns the exit code that the error stands for. */
async function printError(
  error: unknown,
  argv: readonly string[],
  verb = verbIn(argv),
  log?: RunLog,
): Promise<number> {
  log?.fail(error);
  const code = error instanceof TrueupError ? EXIT.usage : EXIT.bug;
  const message = mask(error instanceof Error ? error.message : String(error));
  const advice = error instanceof TrueupError ? error.advice : undefined;
  if (argv.includes('--json')) {
    const { jsonDocument } = await import('./views/json.ts');
    writeDocument(`${jsonDocument(verb, [], code, { message, advice })}\n`);
  }
  const paint = paintFor(process.stderr);
  const next = advice ? `→ ${visible(advice)}\n` : '';
  process.stderr.write(`${paint.red('error:')} ${visible(message)}\n${next}`);
  if (code === EXIT.bug) process.stderr.write(`${bugReport(error)}\n`);
  if (log?.shownPath !== undefined) process.stderr.write(`The log of this run: ${visible(log.shownPath)}\n`);
  return code;
}

/** What was meant, where the command line could not be read: its first word. */
function verbIn(argv: readonly string[]): string {
  return argv.find((word) => /^[a-z]+$/.test(word)) ?? 'plan';
}

function bugReport(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return `This is a bug in trueup, not in your playbook. Please report it with these lines:\n${visible(stack)}`;
}

/** Hands over the first error that nobody waited for, such as a rejected promise that a playbook left alone. */
function listenForUncaughtErrors(take: (error: unknown) => void): () => void {
  const stop = () => {
    process.off('uncaughtException', taken);
    process.off('unhandledRejection', taken);
  };
  const taken = (error: unknown) => {
    stop();
    take(error);
  };
  process.on('uncaughtException', taken);
  process.on('unhandledRejection', taken);
  return stop;
}

/** The same as a mistake of the playbook where its stack leads into one; else it is our own, who throw errors only. */
async function locateUncaughtError(error: unknown): Promise<unknown> {
  if (error instanceof TrueupError) return error;
  const { locateError } = await import('../playbook/index.ts');
  const blamed = locateError(error, 'nobody waits for this error');
  const isTheirs = !(error instanceof Error) || ('place' in blamed && blamed.place !== undefined);
  return isTheirs ? blamed : error;
}
