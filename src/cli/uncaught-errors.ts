import { TrueupError } from '../model/index.ts';

/** Hands over the first error that nobody waited for, such as a rejected promise that a playbook left alone. */
export function listenForUncaughtErrors(take: (error: unknown) => void): () => void {
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
export async function locateUncaughtError(error: unknown): Promise<unknown> {
  if (error instanceof TrueupError) return error;
  const { locateError } = await import('../playbook/index.ts');
  const blamed = locateError(error, 'nobody waits for this error');
  const isTheirs = !(error instanceof Error) || ('place' in blamed && blamed.place !== undefined);
  return isTheirs ? blamed : error;
}
