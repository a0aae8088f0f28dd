import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { projectFolder } from '../project-folder.ts';
import { commandLine } from './command-line.ts';

const PLAYBOOK = `import { definePlaybook, httpCheck } from 'trueup';
export default definePlaybook({
  name: 'Web',
  hosts: 'all',
  steps: () => [],
  verify: () => [httpCheck({ url: 'http://127.0.0.1:PORT/', status: 204 })],
});
`;

async function project(status: number): Promise<{ root: string; argv: string[] }> {
  const server = createServer((_, response) => response.writeHead(status).end());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const root = projectFolder({
    'hosts.yml': 'all: { hosts: { a: { address: 127.0.0.1 } } }\n',
    'site.ts': PLAYBOOK.replace('PORT', `${port}`),
  });
  return { root, argv: ['verify', join(root, 'site.ts'), '-i', join(root, 'hosts.yml')] };
}

describe('--junit', () => {
  it.each([
    [204, 0, 'failures="0"'],
    [500, 3, 'expected status 204, got 500'],
  ])('is written of a run that got %i', async (status, code, words) => {
    const { root, argv } = await project(status);
    const file = join(root, 'report.xml');
    writeFileSync(file, 'of an earlier run');
    expect(await commandLine(...argv, '--junit', file)).toMatchObject({ code });
    expect(readFileSync(file, 'utf8')).toMatch(/^<\?xml [\s\S]*<\/testsuites>\n$/);
    expect(readFileSync(file, 'utf8')).toContain(words);
  });

  it('is written of a run that could not begin', async () => {
    const { root, argv } = await project(204);
    const file = join(root, 'report.xml');
    const { code } = await commandLine(...argv, '--limit', 'b', '--junit', file);
    expect(code).toBe(5);
    expect(readFileSync(file, 'utf8')).toContain('<error message="--limit: ');
  });

  it.each([
    ['nowhere/report.xml', 'there is no folder {root}/nowhere'],
    ['hosts.yml/report.xml', '{root}/hosts.yml is no folder'],
    ['folder', 'it is a folder'],
  ])('%s is refused before the run', async (path, reason) => {
    const { root, argv } = await project(204);
    mkdirSync(join(root, 'folder'));
    const { code, stderr } = await commandLine(...argv, '--junit', join(root, path));
    const said = `error: --junit {root}/${path}: cannot be written: ${reason}\n`;
    expect({ code, stderr }).toEqual({ code: 5, stderr: said.replaceAll('{root}', root) });
  });
});
