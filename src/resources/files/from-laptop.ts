import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { didYouMean, InputError, refuseWritable } from '../../model/index.ts';

/** A file of the project; a missing one is a mistake of the playbook. */
export async function fromLaptop(path: string): Promise<Buffer> {
  refuseWritable(path);
  try {
    return await readFile(path);
  } catch (error) {
    throw await unreadable(path, error);
  }
}

async function unreadable(path: string, error: unknown): Promise<InputError> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EISDIR') return new InputError(`${path} is a folder, not a file`, { cause: error });
  if (code !== 'ENOENT') return new InputError(`${path} cannot be read: ${String(error)}`, { cause: error });
  const beside = await readdir(dirname(path)).catch(() => []);
  return new InputError(`there is no file ${path}${didYouMean(basename(path), beside)}`, { cause: error });
}
