import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { httpServer } from '../checks/servers.ts';
import { projectFolder } from '../project-folder.ts';
import { type Sshd, startSshd } from '../remote/sshd.ts';
import { PASSWORD, SUDO_USERS } from '../remote/sudo-users.ts';
import { commandLine } from './command-line.ts';

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd({ prepare: SUDO_USERS, config: ['PasswordAuthentication yes'] });
});
afterAll(() => sshd?.stop());
beforeEach(() => {
  vi.stubEnv('SSH_AUTH_SOCK', '');
  vi.stubEnv('HOME', sshd.dir);
  return () => vi.unstubAllEnvs();
});

/** `requested` answers, so that the check goes on to look at the host. */
const playbook = (requested: string) => `import { definePlaybook, file, logLineCheck, z } from 'trueup';
const play = (name) => ({
  name, hosts: 'all', vars: z.object({}),
  steps: ({ facts }) => [file({ path: '/run/' + name, content: facts.hostname })],
  verify: () => [logLineCheck({ path: '/run/a', request: '${requested}' })],
});
export default definePlaybook([definePlaybook(play('a')), definePlaybook(play('b'))]);
`;

/** A project whose only host is our sshd, with these vars and this .env. */
async function project(vars: string, env: string): Promise<string> {
  const connection = `address: 127.0.0.1, port: ${sshd.port}, hostKeys: accept-new`;
  return projectFolder({
    'inventory/hosts.yml': `all: { hosts: { web-01: { ${connection}, ${vars} } } }\n`,
    'playbooks/site.ts': playbook(await httpServer((_, response) => response.end())),
    '.env': env,
  });
}

const COMMANDS: readonly (readonly string[])[] = [
  ['plan', 'playbooks/site.ts'],
  ['apply', 'playbooks/site.ts', '--yes'],
  ['verify', 'playbooks/site.ts'],
  ['facts', 'all'],
];

/** Whatever the command, what it has said. */
async function run(root: string, words: readonly string[]): Promise<{ code: number; said: string }> {
  const [verb = '', what = ''] = words;
  const target = what.endsWith('.ts') ? join(root, what) : what;
  const inventory = ['-i', join(root, 'inventory/hosts.yml')];
  const { code, stdout, stderr } = await commandLine(verb, target, ...words.slice(2), ...inventory);
  return { code, said: stdout + stderr };
}

/** How often a log of the host has a word since the last time. */
function noted(log: string, word: RegExp): number {
  const file = join(sshd.dir, log);
  const found = existsSync(file) ? readFileSync(file, 'utf8').match(word) : null;
  if (log === 'sudo.log') rmSync(file, { force: true });
  return found?.length ?? 0;
}

describe.each(COMMANDS.map((words) => [words.join(' '), words] as const))('%s', (_, words) => {
  it('tries a wrong sudo password once, and says which', async () => {
    noted('sudo.log', /./);
    const root = await project(
      `user: asked, identityFile: ${sshd.dir}/id`,
      'TRUEUP_SUDO_PASSWORD=hunter2-wrong\n',
    );
    const { code, said } = await run(root, words);
    expect(said).toContain('sudo refuses the password of asked');
    expect(said).not.toContain('hunter2');
    expect(code).toBe(3);
    expect(noted('sudo.log', /incorrect password/g)).toBe(1);
  });

  it('tries a wrong password to log in once', async () => {
    const before = noted('log', /Failed password/g);
    const root = await project('user: asked', 'TRUEUP_SSH_PASSWORD=hunter2-wrong\n');
    const { code, said } = await run(root, words);
    expect(said).toContain('offered were the password TRUEUP_SSH_PASSWORD');
    expect(said).not.toContain('hunter2');
    expect(code).toBe(words[0] === 'verify' ? 3 : 4);
    expect(noted('log', /Failed password/g) - before).toBe(1);
  });
});

it('passwords that are right lead to root', async () => {
  const env = `TRUEUP_SUDO_PASSWORD='${PASSWORD}'\nTRUEUP_SSH_PASSWORD='${PASSWORD}'\n`;
  const { code, said } = await run(await project('user: asked', env), ['facts', 'all']);
  expect(said).toContain('hostname');
  expect(code).toBe(0);
});
