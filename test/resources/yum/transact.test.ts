import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { transact } from '../../../src/resources/yum/transact.ts';
import { projectFolder } from '../../project-folder.ts';

/** Is refused the lock once, as EL's dnf says it; `sleep` keeps what is to be seen meanwhile. */
const PROGRAMS = {
  dnf: `[ -e "$STATE/tried" ] && { echo Complete!; exit 0; }
>"$STATE/tried"
echo "error: can't create transaction lock on /var/lib/rpm/.rpm.lock (Resource temporarily unavailable)"
echo 'Error: Could not run transaction.'
exit 1`,
  rpm: 'echo "$STATE"',
  sleep: 'tail -n 1 "$TRUEUP_PROGRESS" >"$STATE/seen"',
};

it('says whom it waits for while another transaction holds the lock', async () => {
  const state = projectFolder(
    Object.fromEntries(
      Object.entries(PROGRAMS).map(([name, text]) => [`bin/${name}`, `#!/bin/sh\n${text}\n`]),
    ),
  );
  for (const name of Object.keys(PROGRAMS)) chmodSync(join(state, 'bin', name), 0o755);
  writeFileSync(join(state, '.rpm.lock'), '');
  const action = transact('install', ['nginx']);
  if (!('exec' in action)) throw new Error('no command');
  const [program = '', ...words] = action.exec;
  const { stdout } = await promisify(execFile)(program, words, {
    env: {
      PATH: `${join(state, 'bin')}:${process.env.PATH}`,
      STATE: state,
      TRUEUP_PROGRESS: join(state, 'progress'),
    },
  });
  expect(stdout).toBe('Complete!\n');
  expect(readFileSync(join(state, 'seen'), 'utf8')).toBe(
    'waiting for a process that cannot be found, which works on the package database\n',
  );
});
