import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Sshd, startSshd } from '../remote/sshd.ts';
import { commandLine, type Ran } from './command-line.ts';

let sshd: Sshd;
let ran: Ran;
let log: string;

const PLAYBOOK = `import { command, definePlaybook, file, secret } from 'trueup';
const word = secret('WORD');
export default definePlaybook({
  name: 'Tells all', hosts: 'all',
  steps: () => [
    file({ path: 'DIR/secret-file', content: word }),
    command({
      name: 'says it in two pieces',
      run: ['sh', '-c', 'head -c 8 "$1"; sleep 0.3; tail -c +9 "$1"; echo; echo "$WORD" >&2; exit 1', 'sh', 'DIR/secret-file'],
      env: { WORD: word },
      creates: 'DIR/never',
    }),
  ],
});
`;

/** Everything that a run leaves on the laptop: what it prints, however loud it is asked to be, and its log. */
beforeAll(async () => {
  sshd = await startSshd();
  const project = join(sshd.dir, 'project');
  mkdirSync(project);
  const { address, port, user, identityFile } = sshd.host;
  const vars = JSON.stringify({ address, port, user, identityFile, hostKeys: 'accept-new' });
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(project, '.env'), "WORD='quite-unspeakable-word'\n");
  writeFileSync(join(project, 'hosts.yml'), `all: { vars: ${vars}, hosts: { box: {} } }\n`);
  writeFileSync(join(project, 'site.ts'), PLAYBOOK.replaceAll('DIR', sshd.dir));
  const files = [join(project, 'site.ts'), '-i', join(project, 'hosts.yml')];
  ran = await commandLine('apply', ...files, '--yes', '-vvv', '--diff');
  const logs = join(project, '.trueup', 'logs');
  log = readFileSync(join(logs, readdirSync(logs)[0] ?? ''), 'utf8');
});

afterAll(() => sshd?.stop());

it.each<[string, () => string]>([
  ['stdout', () => ran.stdout],
  ['stderr with -vvv', () => ran.stderr],
  ['the log', () => log],
])('%s has no secret of a command, a file or an output that came in pieces', (_, text) => {
  expect(text()).toContain('[secret]');
  expect(text()).not.toMatch(/quite-|unspeakable|-word/);
});

it('names the log in the summary of a run that failed', () => {
  expect(ran.code).toBe(3);
  expect(ran.stdout).toMatch(/\nThe log of this run: \S*\/\.trueup\/logs\/\d{8}T\d{6}Z-apply-\d+\.log\n$/);
});

it('tells commands with exit codes at -vv, what they said at -vvv', () => {
  expect(ran.stderr).toMatch(
    /^box: run: write \S+\/secret-file 0644 root:root <\(22 bytes\): exit 0 \(\d\.\d\d s\)$/m,
  );
  expect(ran.stderr).toMatch(/^box: run: sh -c .*: exit 1 \(\d\.\d\d s\)$/m);
  expect(ran.stderr).toMatch(/^box: {3}\| \[secret\]$/m);
});
