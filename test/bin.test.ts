import { execFile } from 'node:child_process';
import { cp, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { projectFolder } from './project-folder.ts';

const ROOT = resolve(import.meta.dirname, '..');
const BIN = [join(ROOT, 'node_modules/.bin/jiti'), join(ROOT, 'src/bin.ts')];

it.each<[what: string, line: string, question: string[], exit: number]>([
  ['the result', '"$@" | true', ['list'], 0],
  ['what goes wrong', '"$@" 2>&1 >/dev/null | true', ['show', 'web-99'], 5],
])('goes on to its end where nobody reads %s any more', async (_, line, question, exit) => {
  const root = projectFolder({ 'inventory/hosts.yml': 'all: { hosts: { web-01: {} } }\n' });
  const words = [...BIN, 'inventory', ...question, '-i', join(root, 'inventory/hosts.yml')];
  const script = `${line}; echo "exit \${PIPESTATUS[0]}"`;
  const ran = await promisify(execFile)('bash', ['-c', script, 'bash', ...words]);
  expect(ran).toEqual({ stdout: `exit ${exit}\n`, stderr: '' });
});

it('is a program of its own once it is built: npx makes it one only the first time', async () => {
  const root = projectFolder({});
  for (const part of ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json']) {
    await cp(join(ROOT, part), join(root, part), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const script = 'npm run --silent build && ./dist/bin.js --version';
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: root });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
}, 60_000);
