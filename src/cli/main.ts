import { InputError, mask, TrueupError } from '../model/index.ts';
import { EXIT } from './exit-code.ts';
import { type Options, parseOptions } from './options.ts';
import { blameForStray, listenForStrayErrors } from './stray-errors.ts';
import { paintFor } from './views/paint.ts';

/** Runs a command line and returns the exit code; all errors end here, in words. */
export async function main(argv: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  const { interrupted, stop } = listenForSignals(interruption);
  let options: Options | undefined;
  const unlisten = listenForStrayErrors((error) => void dieOf(error, argv, options));
  const giveBack = keepStdoutForResults();
  try {
    const asked = parseOptions(argv);
    if (!asked) return EXIT.done;
    if (asked.verb === 'forget') return await (await import('./commands/forget.ts')).forget(asked);
    options = asked;
    refuseSilentApply(options);
    const { run } = await import('./run.ts');
    const code = await run(options, interruption.signal);
    return interrupted() ?? code;
  } catch (error) {
    const code = await printError(error, argv, options);
    return interrupted() ?? code;
  } finally {
    giveBack();
    unlisten();
    stop();
  }
}

/** The first signal ends the run in order, the second at once. */
function listenForSignals(interruption: AbortController): {
  interrupted(): number | undefined;
  stop(): void;
} {
  let code: number | undefined;
  const take = (exit: number) => () => {
    if (code !== undefined) process.exit(exit);
    code = exit;
    process.stderr.write('\ninterrupted: ending what runs on the hosts (once more to leave at once)\n');
    interruption.abort();
  };
  const [onInt, onTerm] = [take(EXIT.interrupted), take(EXIT.terminated)];
  process.on('SIGINT', onInt);
  process.on('SIGTERM', onTerm);
  const stop = () => {
    process.off('SIGINT', onInt);
    process.off('SIGTERM', onTerm);
  };
  return { interrupted: () => code, stop };
}

/** What a playbook says with console.log is not the result of the run. */
function keepStdoutForResults(): () => void {
  const { log, info, debug } = console;
  Object.assign(console, { log: console.error, info: console.error, debug: console.error });
  return () => void Object.assign(console, { log, info, debug });
}

/** Nothing waits for this error: what would follow cannot be trusted. */
async function dieOf(error: unknown, argv: readonly string[], options: Options | undefined): Promise<void> {
  process.exit(await printError(await blameForStray(error), argv, options));
}

function refuseSilentApply(options: Options): void {
  if (options.verb !== 'apply' || options.yes || (process.stdin.isTTY && !options.json)) return;
  throw new InputError('apply asks before it changes anything, and here is nobody to ask', {
    advice: 'Give --yes to apply without being asked.',
  });
}

/** Returns the exit code that the error stands for. */
async function printError(
  error: unknown,
  argv: readonly string[],
  options: Options | undefined,
): Promise<number> {
  const code = error instanceof TrueupError ? EXIT.usage : EXIT.bug;
  const message = mask(error instanceof Error ? error.message : String(error));
  const advice = error instanceof TrueupError ? error.advice : undefined;
  if (options?.json || argv.includes('--json')) {
    const { json } = await import('./views/json.ts');
    process.stdout.write(`${json(options?.verb ?? 'plan', [], code, { message, advice })}\n`);
  }
  const paint = paintFor(process.stderr);
  process.stderr.write(`${paint.red('error:')} ${message}\n${advice ? `→ ${advice}\n` : ''}`);
  if (code === EXIT.bug) process.stderr.write(`${bugReport(error)}\n`);
  return code;
}

function bugReport(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return `This is a bug in trueup, not in your playbook. Please report it with these lines:\n${mask(stack)}`;
}
