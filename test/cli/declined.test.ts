import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { projectFolder } from '../project-folder.ts';
import { type Sshd, startSshd } from '../remote/sshd.ts';
import { commandLine } from './command-line.ts';

vi.mock('../../src/cli/tty.ts', () => ({ promptTty: () => '/dev/tty' }));
vi.mock('../../src/cli/confirm.ts', () => ({ confirm: async () => false }));

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd?.stop());

it('apply that is declined exits 7, and nothing is applied', async () => {
  vi.stubEnv('SSH_AUTH_SOCK', '');
  vi.stubEnv('HOME', sshd.dir);
  const path = join(sshd.dir, 'motd');
  const key = `identityFile: ${sshd.dir}/id`;
  const root = await projectFolder({
    'inventory/hosts.yml': `all: { hosts: { a: { address: 127.0.0.1, port: ${sshd.port}, hostKeys: accept-new, ${key} } } }\n`,
    'playbooks/site.ts': `import { definePlaybook, file, z } from 'trueup';
export default definePlaybook({ name: 'x', hosts: 'all', vars: z.object({}), steps: () => [file({ path: '${path}', content: 'x' })] });
`,
  });
  const { code, stderr, stdout } = await commandLine(
    ...['apply', join(root, 'playbooks/site.ts'), '-i', join(root, 'inventory/hosts.yml')],
  );
  expect({ code, said: stderr.includes('Nothing was applied.') }).toEqual({ code: 7, said: true });
  expect(stdout).toContain(`file ${path}`);
  expect(existsSync(path)).toBe(false);
  vi.unstubAllEnvs();
});
