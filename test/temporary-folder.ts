import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives the tests of one run a temporary folder of their own, and removes it when they have ended. */
export default function temporaryFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'trueup-tests-'));
  // Some tests run as other users.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
