import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { forget } from '../../src/cli/commands/forget.ts';
import { parseOptions } from '../../src/cli/parse-options.ts';
import { projectFolder } from '../project-folder.ts';
import { login, refusal } from '../remote/attempt.ts';
import { makeKey, type Sshd, startSshd } from '../remote/sshd.ts';

let sshd: Sshd;
let stranger: string;

beforeAll(async () => {
  sshd = await startSshd();
  stranger = keyOf(makeKey(sshd.dir, 'stranger'));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
afterAll(() => sshd?.stop());

function keyOf(path: string): string {
  return readFileSync(`${path}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
}

/** A project that knows these lines, and a home that knows those. */
function project(own: readonly string[], homes: readonly string[] = []) {
  const root = projectFolder({
    'hosts.yml': `all: { hosts: { test-host: { address: 127.0.0.1, port: ${sshd.port} } } }\n`,
    '.trueup/known_hosts': own.map((line) => `${line}\n`).join(''),
    'home/.ssh/known_hosts': homes.map((line) => `${line}\n`).join(''),
  });
  vi.stubEnv('HOME', join(root, 'home'));
  const file = join(root, '.trueup/known_hosts');
  const options = { knownHostsFiles: [join(root, 'home/.ssh/known_hosts'), file], acceptInto: file };
  return { root, file, options: { ...options, inventory: join(root, 'hosts.yml') } };
}

async function run(...words: string[]): Promise<{ code: number; out: string }> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const options = parseOptions(words);
  if (options?.verb !== 'forget') throw new Error(`not ours: ${words}`);
  const code = await forget(options);
  return { code, out: write.mock.calls.map(([text]) => String(text)).join('') };
}

const name = () => `[127.0.0.1]:${sshd.port}`;

it('the command that a changed key advises forgets it, and nothing else', async () => {
  const { file, options } = project([
    '# mine',
    `elsewhere ${stranger}`,
    `${name()} ${stranger}`,
    `@revoked ${name()} ${stranger}`,
    `[127.0.0.*]:1 ${stranger}`,
  ]);
  const error = await refusal(sshd, { hostKeys: 'accept-new' }, options);
  const command = /trueup (hosts forget test-host -i \S+)$/.exec(error.advice ?? '')?.[1] ?? '';
  const { code, out } = await run(...command.split(' '));
  expect(code).toBe(0);
  expect(out).toMatch(/^test-host: forgot ssh-ed25519 SHA256:\S+\n$/);
  expect(readFileSync(file, 'utf8')).toBe(
    `# mine\nelsewhere ${stranger}\n@revoked ${name()} ${stranger}\n[127.0.0.*]:1 ${stranger}\n`,
  );
  expect(await login(sshd, { hostKeys: 'accept-new' }, options)).toBe('root');
});

it('a key in a file of the user is left alone, and told with the command that forgets it', async () => {
  const { root, options } = project([], [`${name()} ${stranger}`]);
  const error = await refusal(sshd, { hostKeys: 'accept-new' }, options);
  const { code, out } = await run('hosts', 'forget', 'test-host', '-i', options.inventory);
  const users = join(root, 'home/.ssh/known_hosts');
  const command = `ssh-keygen -f ${users} -R '${name()}'`;
  expect(error.advice).toContain(command);
  expect(code).toBe(0);
  expect(out).toContain('holds no key of it');
  expect(out).toContain(`${users}:1 still holds ssh-ed25519 SHA256:`);
  expect(out).toContain(command);
  expect(readFileSync(users, 'utf8')).toBe(`${name()} ${stranger}\n`);
});

it('a pattern that is about further hosts is left to a person', async () => {
  const { file, options } = project([`[127.*]:${sshd.port} ${stranger}`]);
  const { out } = await run('hosts', 'forget', 'all', '-i', options.inventory);
  expect(out).toContain('remove the line by hand');
  expect(readFileSync(file, 'utf8')).toContain('[127.*]');
});

it('a host that is not in the inventory is refused', async () => {
  const { options } = project([]);
  const wrong = run('hosts', 'forget', 'tset-host', '-i', options.inventory);
  await expect(wrong).rejects.toThrow('test-host');
});
