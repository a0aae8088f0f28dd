import { createHash } from 'node:crypto';
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Action, type Answer, type Remote, shell } from '../../src/model/index.ts';
import { connect } from '../../src/remote/index.ts';
import { makeDirectory } from '../../src/resources/files/make-directory.ts';
import { type Sshd, startSshd } from '../remote/sshd.ts';
import { symlinkTo } from './race-cases.ts';

const NOBODY = 65534;
/** As on NFS with root_squash, root may write only where everyone may. */
const SQUASHED = `exec setpriv --bounding-set=-dac_override,-dac_read_search \
  /usr/sbin/sshd -D -E "$1/log" -f "$1/sshd_config"`;

let sshd: Sshd;
let remote: Remote;
let folder: string;
let count = 0;

beforeAll(async () => {
  sshd = await startSshd({ prepare: SQUASHED });
  chmodSync(sshd.dir, 0o755);
  remote = await connect(sshd.host, sshd.options);
});

beforeEach(() => {
  count += 1;
  folder = join(sshd.dir, `squashed-${count}`);
  mkdirSync(folder);
  chownSync(folder, NOBODY, NOBODY);
});

afterAll(async () => {
  await remote?.close();
  await sshd?.stop();
});

async function perform(action: Action): Promise<string> {
  if ('write' in action) return stderr(await remote.write(action.write));
  const { probes } = await remote.run({ actions: [], probes: [{ command: action.exec, limit: 20 }] });
  return stderr(probes[0]);
}

function stderr(answer: Answer | undefined): string {
  if (answer?.kind !== 'output') throw new Error(JSON.stringify(answer));
  return answer.output.stderr.trim().replaceAll(folder, '');
}

const write = (owner: string, more: object = {}): Action => {
  const content = Buffer.from('text\n');
  return { write: { path: join(folder, 'new'), content, mode: '0640', owner, group: 'nogroup', ...more } };
};

it('a file of the folder’s owner is written as this user', async () => {
  expect(await perform(write('nobody'))).toBe('');
  const { mode, uid } = lstatSync(join(folder, 'new'));
  expect([(mode & 0o7777).toString(8), uid]).toEqual(['640', NOBODY]);
  expect(readFileSync(join(folder, 'new'), 'utf8')).toBe('text\n');
  expect(readdirSync(folder)).toEqual(['new']);
});

it('neither the content nor its sum is an argument of a process', async () => {
  const content = Buffer.alloc(8 * 1024 * 1024, 'secret');
  const sum = createHash('sha256').update(content).digest('hex');
  const seen = new Set<string>();
  let done = false;
  const written = perform(write('nobody', { content })).finally(() => {
    done = true;
  });
  while (!done) {
    for (const line of argumentsOf('runuser')) seen.add(line);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await written).toBe('');
  expect(seen.size).toBeGreaterThan(0);
  expect([...seen].filter((line) => line.includes(sum) || line.includes('secretsecret'))).toEqual([]);
});

function argumentsOf(program: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const line = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
      return line.startsWith(program) ? [line] : [];
    } catch {
      return [];
    }
  });
}

it('so are a directory and a symlink', async () => {
  const path = join(folder, 'new');
  expect(await perform(makeDirectory({ path, mode: '0750', owner: 'nobody', group: 'nogroup' }))).toBe('');
  expect([lstatSync(path).mode & 0o7777, lstatSync(path).uid]).toEqual([0o750, NOBODY]);
  const [link] = await symlinkTo(join(folder, 'link'), 'nogroup');
  if (!link) throw new Error('expected an action');
  expect(await perform(link)).toBe('');
  expect([readlinkSync(join(folder, 'link')), lstatSync(join(folder, 'link')).uid]).toEqual([
    'elsewhere',
    NOBODY,
  ]);
});

it.each<[what: string, action: () => Action]>([
  ['a file of root’s', () => write('root')],
  ['a file of another user', () => write('daemon')],
  ['a file with a backup', () => write('nobody', { backup: true })],
  ['a file with a validator', () => write('nobody', { validate: shell('true', '%s') })],
  [
    'a directory of root’s',
    () => makeDirectory({ path: join(folder, 'new'), mode: '0755', owner: 'root', group: 'root' }),
  ],
])('%s is not, and the reason is given', async (_, action) => {
  expect(await perform(action())).toBe('/new: cannot be written: Permission denied');
  expect(readdirSync(folder)).toEqual([]);
});
