import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');

/** Which folders a folder may import from, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  resources: ['model'],
  checks: ['model'],
  inventory: ['model'],
  playbook: ['model'],
  remote: ['model'],
  engine: ['model'],
  cli: ['model', 'inventory', 'playbook', 'remote', 'engine', 'index.ts'],
  'index.ts': ['model', 'resources', 'checks', 'playbook'],
  'bin.ts': ['cli'],
};

/** The folders of the engine, each knowing only those after it, and the words that all of them share. */
const ENGINE = ['rollout', 'host', 'checks', 'apply', 'plan', 'denials', 'session'];
const ENGINE_WORDS = ['concurrently', 'failure', 'seconds-since', 'select-steps', 'step-result', 'tools'];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports = files.flatMap((file) => specifiersOf(file).map((specifier) => ({ file, specifier })));

const importsOf = new Map(
  files.map((file) => [
    file,
    specifiersOf(file)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => relative(SRC, resolve(SRC, dirname(file), specifier))),
  ]),
);

function specifiersOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const matches = text.matchAll(/(?:^|\n)(?:import|export)\b[^;'"]*?from '([^']+)'|import\('([^']+)'\)/g);
  return [...matches].map((match) => match[1] ?? match[2] ?? '');
}

function folderOf(file: string): string {
  return file.split('/')[0] ?? file;
}

/** The own files that a file imports, themselves or through others; types count, too. */
function reachedFrom(file: string): Set<string> {
  const reached = new Set<string>();
  for (const queue = [file]; queue.length > 0; ) {
    for (const next of importsOf.get(queue.pop() ?? '') ?? []) {
      if (!reached.has(next)) queue.push(next);
      reached.add(next);
    }
  }
  return reached;
}

describe('imports', () => {
  it.each(Object.entries(MAY_IMPORT))('%s imports only what the design lets it', (folder, allowed) => {
    const own = imports.filter(
      ({ file, specifier }) => folderOf(file) === folder && specifier.startsWith('.'),
    );
    const reached = own.map(({ file, specifier }) =>
      folderOf(relative(SRC, resolve(SRC, dirname(file), specifier))),
    );
    expect([...new Set(reached)].filter((other) => other !== folder && !allowed.includes(other))).toEqual([]);
  });

  it.each(ENGINE)('engine/%s knows only what the story of a run has below it', (folder) => {
    const below = ENGINE.slice(ENGINE.indexOf(folder)).map((name) => `engine/${name}/`);
    const known = [...below, ...ENGINE_WORDS.map((word) => `engine/${word}.ts`), 'model/'];
    const reached = files
      .filter((file) => file.startsWith(`engine/${folder}/`))
      .flatMap((file) => importsOf.get(file) ?? []);
    expect(reached.length).toBeGreaterThan(0);
    expect(reached.filter((file) => !known.some((start) => file.startsWith(start)))).toEqual([]);
  });

  it('never go in a circle', () => {
    expect(files.filter((file) => reachedFrom(file).has(file))).toEqual([]);
  });

  it('knows every folder', () => {
    const engine = files.filter((file) => /^engine\/.*\//.test(file)).map((file) => file.split('/')[1]);
    expect(new Set(engine)).toEqual(new Set(ENGINE));
    expect(Object.keys(MAY_IMPORT)).toEqual(expect.arrayContaining([...new Set(files.map(folderOf))]));
  });

  it.each(['node-ssh', 'listr2', 'ejs', 'dotenv', 'jiti'])('%s is imported in one file', (name) => {
    const users = imports.filter(({ specifier }) => specifier === name || specifier.startsWith(`${name}/`));
    expect(new Set(users.map(({ file }) => file)).size).toBe(1);
  });
});
