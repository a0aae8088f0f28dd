import { stat } from 'node:fs/promises';
import { InputError, realPathOutside, sudoCaller } from '../model/index.ts';

const BY_OTHERS = 0o004;

/**
 * Does what reads a file. If it is one of somebody else, such as /etc/shadow by a link, an error says only where it is:
 * what it found there could be a line that only root may see.
 */
export async function hidingForeignText<T>(file: string, job: () => T | Promise<T>): Promise<T> {
  try {
    return await job();
  } catch (error) {
    const why = error instanceof InputError ? await foreign(file) : undefined;
    if (!(error instanceof InputError) || why === undefined || error.place?.file !== file) throw error;
    const advice = 'Is it the file that you mean?';
    const message = `cannot be read as an inventory or vars; what is here is not shown, as ${why}`;
    throw new InputError(message, { place: error.place, advice });
  }
}

async function foreign(file: string): Promise<string | undefined> {
  const real = realPathOutside(file);
  if (real !== undefined) return `it is a link to ${real}, outside of the project`;
  const caller = sudoCaller();
  const { uid, mode } = await stat(file);
  const isSecret = caller !== undefined && uid !== caller && (mode & BY_OTHERS) === 0;
  return isSecret ? 'only root may read it' : undefined;
}
