import { open } from 'node:fs/promises';
import { InputError, MOST_BYTES } from '../model/index.ts';

/** The text of an inventory or vars file, which may be a pipe; refuses one that is too large to be meant. */
export async function readBounded(path: string): Promise<string> {
  const file = await open(path, 'r').catch((error: Error) => {
    throw new InputError(`${path} cannot be read: ${error.message}`, { cause: error });
  });
  try {
    const chunks: Buffer[] = [];
    for (let size = 0; ; ) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(65_536));
      if (bytesRead === 0) return Buffer.concat(chunks).toString();
      size += bytesRead;
      if (size > MOST_BYTES) throw new InputError(`${path} is larger than 4 MiB: it is not read`);
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
