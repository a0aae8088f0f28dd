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
  denials: ['model'],
  engine: ['model'],
  cli: ['model', 'inventory', 'playbook', 'remote', 'denials', 'engine', 'index.ts'],
  'index.ts': ['model', 'resources', 'checks', 'playbook'],
  'bin.ts': ['cli'],
};

/** The files of the engine in the order in which they are best read: each imports only those after it. */
const ENGINE = [
  ...['run', 'plan-hosts', 'rollout', 'last-host', 'batches', 'hooks', 'apply-play', 'run-checks'],
  ...['check-context', 'apply-steps', 'step-verdict', 'step-executor', 'step-range'],
  ...['run-state', 'host-result', 'step-result', 'planned-step'],
  ...['host-plays', 'pending-units', 'diff-steps', 'planned-effects'],
  ...['run-context', 'tag-selection', 'host-sessions', 'host-session', 'run-lock', 'rollback-timer'],
  ...['traced-remote', 'command-failure', 'concurrently'],
];

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

  it('in the engine go down, as its story is told', () => {
    const order = ENGINE.map((name) => `engine/${name}.ts`);
    expect(files.filter((file) => file.startsWith('engine/')).sort()).toEqual(order.toSorted());
    const up = order.flatMap((file, at) =>
      (importsOf.get(file) ?? [])
        .filter((other) => order.slice(0, at).includes(other))
        .map((other) => `${file} imports ${other}`),
    );
    expect(up).toEqual([]);
  });

  it('lead from the story of a run to at most 30 files beside the model', () => {
    const engine = [...reachedFrom('engine/run.ts')].filter((file) => !file.startsWith('model/'));
    expect(engine.length + 1).toBeLessThanOrEqual(30);
  });

  it('never go in a circle', () => {
    expect(files.filter((file) => reachedFrom(file).has(file))).toEqual([]);
  });

  it('knows every folder', () => {
    expect(Object.keys(MAY_IMPORT)).toEqual(expect.arrayContaining([...new Set(files.map(folderOf))]));
  });

  it.each(['node-ssh', 'listr2', 'ejs', 'dotenv', 'jiti'])('%s is imported in one file', (name) => {
    const users = imports.filter(({ specifier }) => specifier === name || specifier.startsWith(`${name}/`));
    expect(new Set(users.map(({ file }) => file)).size).toBe(1);
  });
});
