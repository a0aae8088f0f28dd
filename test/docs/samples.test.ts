import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { commandLine } from '../cli/command-line.ts';
import { projectFolder } from '../project-folder.ts';
import { REFERENCE } from './reference.ts';
import { DOCUMENTS, ROOT, type Sample, samplesIn } from './samples.ts';

// The reference has examples of single calls.
const samples = DOCUMENTS.filter((name) => name !== REFERENCE).flatMap(samplesIn);
const ofLanguage = (language: string) => samples.filter((sample) => sample.language === language);

/** The file that a sample of the quickstart is for, as its first line says. */
function fileOf({ text, place }: Sample): string {
  const [, file] = /^(?:# |\/\/ )(\S+\.\w+)/.exec(text) ?? [];
  if (file) return file;
  if (text.includes('<%')) return 'templates/nginx.conf.ejs';
  throw new Error(`${place}: the first line does not name the file`);
}

function quickstart(): string {
  const files = samplesIn('README.md').map((sample) => [fileOf(sample), sample.text] as const);
  // As `npm init -y` writes it.
  return projectFolder({ 'package.json': '{ "type": "commonjs" }', ...Object.fromEntries(files) });
}

/** A project in which `trueup` is this package, as `npm install ../trueup` links it. */
function linked(root: string): string {
  mkdirSync(join(root, 'node_modules/@types'), { recursive: true });
  symlinkSync(ROOT, join(root, 'node_modules/trueup'));
  return root;
}

function types(root: string): string {
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  return spawnSync(tsc, ['-p', root], { cwd: root, encoding: 'utf8' }).stdout;
}

/** The samples are compiled against what is shipped. */
beforeAll(() => {
  if (existsSync(join(ROOT, 'dist/index.d.ts'))) return;
  spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], { cwd: ROOT });
}, 120_000);

it('there are samples', () => {
  expect(ofLanguage('ts').length).toBeGreaterThan(4);
  expect(ofLanguage('yaml').length).toBeGreaterThan(0);
});

it('the quickstart of the README is valid as it is', async () => {
  const root = quickstart();
  const { code, stdout, stderr } = await commandLine(
    ...['validate', join(root, 'playbooks/webservers.ts'), '-i', join(root, 'inventory/hosts.yml')],
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('web-01');
});

it('every inventory can be loaded', async () => {
  for (const { text, place } of ofLanguage('yaml')) {
    const root = projectFolder({ 'inventory/hosts.yml': text });
    const { hosts } = await loadInventory(join(root, 'inventory/hosts.yml'));
    expect(hosts.length, place).toBeGreaterThan(0);
  }
});

it('every TypeScript sample has the types of the package, by the tsconfig that it ships', () => {
  const root = linked(quickstart());
  for (const [index, { text, place }] of ofLanguage('ts').entries()) {
    const file = join(root, 'playbooks', `sample-${index}.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `// ${place}\n${text}`);
  }
  expect(types(root)).toBe('');
}, 120_000);
