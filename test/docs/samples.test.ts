import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/exit-code.ts';
import { json } from '../../src/cli/views/json.ts';
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

it('the JSON sample is what a plan prints', () => {
  const [sample] = samplesIn('docs/reference/json.md').filter(({ language }) => language === 'json');
  const changes = [{ aspect: 'content', summary: 'content, 1 line' }];
  const steps = [{ kind: 'file', name: '/etc/motd', status: 'pending' as const, changes }];
  const host = { name: 'web-01', address: '192.0.2.61', status: 'pending' as const, execs: 1, steps };
  expect(JSON.parse(sample?.text ?? '')).toEqual(JSON.parse(json('plan', [host], EXIT.done)));
});

it('the reference lists every exit code', () => {
  const text = readFileSync(join(ROOT, 'docs/reference/exit-codes.md'), 'utf8');
  const listed = [...text.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, codes = '']) =>
    codes.split(', ').map(Number),
  );
  expect(listed.toSorted((one, other) => one - other)).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
});
