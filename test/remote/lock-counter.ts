import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { withFileLock } from '../../src/remote/file-lock.ts';

/** Once told to, adds one to the number in a file, so many times: of two processes without a lock, some additions get lost. */
async function main(file: string, rounds: number): Promise<void> {
  process.stdout.write('ready');
  await once(process.stdin, 'data');
  process.stdin.destroy();
  for (let round = 0; round < rounds; round += 1) {
    await withFileLock(file, async () => {
      const number = Number(await readFile(file, 'utf8'));
      await writeFile(file, String(number + 1));
    });
  }
}

main(process.argv[2] ?? '', Number(process.argv[3])).catch((error: Error) => {
  console.error(error);
  process.exitCode = 1;
});
