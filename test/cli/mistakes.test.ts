import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';
import { type Mistake, mistakenProject } from './mistaken-project.ts';
import { commandLineMistakes } from './mistakes/command-line.ts';
import { inventoryMistakes } from './mistakes/inventory.ts';
import { playbookMistakes } from './mistakes/playbook.ts';
import { rolloutMistakes } from './mistakes/rollout.ts';
import { templateMistakes } from './mistakes/templates.ts';

/** Stand where the hosts of the projects are. */
const hosts: Server[] = [];
let connections = 0;
beforeAll(async () => {
  for (const address of ['127.0.0.1', '127.0.0.2', '127.0.0.3']) {
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    const at = hosts.length === 0 ? 0 : port();
    await new Promise<void>((listening) => server.listen(at, address, listening));
    hosts.push(server);
  }
});
afterAll(() => {
  for (const server of hosts) server.close();
});
beforeEach(() => {
  connections = 0;
});

function port(): number {
  const address = hosts[0]?.address() ?? null;
  if (address === null || typeof address === 'string') throw new Error('the host does not listen');
  return address.port;
}

/** Paths relative to the project, line by line. */
function lines(text: string, root: string): string[] {
  return text.replaceAll(`${root}/`, '').replaceAll(root, '{root}').trimEnd().split('\n');
}

describe.each<[string, readonly Mistake[]]>([
  ['the inventory', inventoryMistakes],
  ['a playbook', playbookMistakes],
  ['a rollout', rolloutMistakes],
  ['a template', templateMistakes],
  ['the command line', commandLineMistakes],
])('a mistake in %s is refused before connecting', (_, mistakes) => {
  it.each(mistakes)('$name', async (mistake) => {
    const { root, argv } = mistakenProject(mistake, port());
    const { code, stdout, stderr } = await commandLine(...argv);
    expect(lines(stderr, root)).toEqual(mistake.says);
    expect({ code, stdout, connections }).toEqual({ code: 5, stdout: '', connections: 0 });
  });

  it.each(mistakes)('$name: with --json', async (mistake) => {
    const { root, argv } = mistakenProject(mistake, port());
    const { code, stdout, stderr } = await commandLine(...argv, '--json');
    const { error, exitCode, hosts } = JSON.parse(stdout);
    const spoken = `error: ${error.message}${error.advice ? `\n→ ${error.advice}` : ''}`;
    expect([lines(spoken, root), lines(stderr, root)]).toEqual([mistake.says, mistake.says]);
    expect({ code, exitCode, hosts, connections }).toEqual({
      code: 5,
      exitCode: 5,
      hosts: [],
      connections: 0,
    });
  });
});

it('without a mistake the same project does connect', async () => {
  const { code, stdout } = await commandLine(...mistakenProject({}, port()).argv, '--json');
  expect({ code, error: JSON.parse(stdout).error }).toEqual({ code: 4, error: null });
  expect(connections).toBeGreaterThan(0);
});

it('a folder where files can be replaced by their owners only, such as /tmp, is fine', async () => {
  const modes = { inventory: 0o1777, playbooks: 0o1777, templates: 0o1777 };
  const { code } = await commandLine(...mistakenProject({ modes }, port()).argv);
  expect(code).toBe(4);
});

const JITI = resolve(import.meta.dirname, '../../node_modules/.bin/jiti');
const BIN = resolve(import.meta.dirname, '../../src/bin.ts');

/** What ends the process itself has to be looked at from outside. */
function program(argv: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(JITI, [BIN, ...argv], (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

describe('an error that nobody waits for', () => {
  it.each([
    ['a rejected promise', 21, "void Promise.reject(new Error('left alone'));"],
    ['an error in a timer', 26, "setTimeout(() => { throw new Error('left alone'); }, 0);"],
  ])('%s names its place', async (_, column, statement) => {
    const files = { 'playbooks/site.ts': [['\nexport', `\n${statement}\nexport`]] as const };
    const { root, argv } = mistakenProject({ files }, port());
    const { code, stdout, stderr } = await program([...argv, '--json']);
    const message = `playbooks/site.ts:3:${column}: nobody waits for this error: left alone`;
    expect({ code, said: lines(stderr, root) }).toEqual({ code: 5, said: [`error: ${message}`] });
    expect(lines(JSON.parse(stdout).error.message, root)).toEqual([message]);
  });
});

it('a text that is thrown, and that nobody waits for, is no bug of trueup', async () => {
  const files = {
    'playbooks/site.ts': [['\nexport', "\nvoid Promise.reject('left alone');\nexport"]] as const,
  };
  const { root, argv } = mistakenProject({ files }, port());
  const { code, stderr } = await program(argv);
  const said = ['error: nobody waits for this error: left alone'];
  expect({ code, said: lines(stderr, root) }).toEqual({ code: 5, said });
});

it('a playbook that awaits what never comes is refused', async () => {
  const files = { 'playbooks/site.ts': [['\nexport', '\nawait new Promise(() => {});\nexport']] as const };
  const { root, argv } = mistakenProject({ files }, port());
  const { code, stderr } = await program(argv);
  const said = ['error: playbooks/site.ts:1:1: cannot be loaded: it awaits what never comes'];
  expect({ code, said: lines(stderr, root) }).toEqual({ code: 5, said });
});

it('what a playbook logs is not in the document of --json', async () => {
  const files = {
    'playbooks/site.ts': [['\nexport', "\nconsole.log('hello');\nconsole.dir('you');\nexport"]] as const,
  };
  const { argv } = mistakenProject({ files }, port());
  const { code, stdout, stderr } = await program([...argv, '--json']);
  expect({ code, exitCode: JSON.parse(stdout).exitCode }).toEqual({ code: 4, exitCode: 4 });
  expect(stderr).toContain("hello\n'you'\n");
});

it.each([
  ['verify', 'site.ts', '--nonsense'],
  ['apply', 'site.ts', '--forks', 'none'],
])('the document of a command line that cannot be read tells its command: %s', async (...argv) => {
  const { code, stdout } = await commandLine(...argv, '--json');
  expect({ code, command: JSON.parse(stdout).command }).toEqual({ code: 5, command: argv[0] });
});
