import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SYSTEM = '/usr/sbin:/usr/bin:/sbin:/bin';

/** A PATH on which these tools, each a script of sh, come before those of the machine. */
export function stubTools(tools: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'trueup-tools-'));
  for (const [name, script] of Object.entries(tools)) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }
  return `${folder}:${SYSTEM}`;
}
