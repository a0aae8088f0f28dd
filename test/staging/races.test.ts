import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Action, type Command, type Remote, shell } from '../../src/model/index.ts';
import { connect } from '../../src/remote/index.ts';
import { attributeChanges } from '../../src/resources/files/attributes.ts';
import { makeDirectory } from '../../src/resources/files/make-directory.ts';
import { setAttributes } from '../../src/resources/files/set-attributes.ts';
import { symlink } from '../../src/resources/symlink.ts';
import { type Sshd, startSshd } from '../remote/sshd.ts';
import { foretold, scriptedHost } from '../scripted-host.ts';

const UID = 12345;
const ROUNDS = 12;
const RACER = fileURLToPath(new URL('racer.mjs', import.meta.url));
type Way = 'new names' | 'target' | 'folder';

let sshd: Sshd;
let remote: Remote;
let count = 0;

beforeAll(async () => {
  sshd = await startSshd();
  remote = await connect(sshd.host, sshd.options);
  chmodSync(sshd.dir, 0o755);
});

afterAll(async () => {
  await remote?.close();
  await sshd?.stop();
});

async function exec(command: Command, stdin?: string): Promise<{ code: number; stderr: string }> {
  const probe = { command, limit: 20, ...(stdin === undefined ? {} : { stdin }) };
  const { probes } = await remote.run({ actions: [], probes: [probe] });
  const [answer] = probes;
  if (answer?.kind !== 'output') throw new Error(JSON.stringify(answer));
  return answer.output;
}

async function perform(action: Action): Promise<void> {
  if ('exec' in action) await exec(action.exec, action.stdin);
  else if ('write' in action) await remote.write(action.write);
}

/** A folder of the attacker, and a file of root's in a folder of root's. */
function scene() {
  count += 1;
  const folder = join(sshd.dir, `attacked-${count}`);
  const secrets = join(sshd.dir, `roots-${count}`);
  const victim = join(secrets, 'victim.conf');
  for (const path of [folder, secrets]) mkdirSync(path);
  writeFileSync(victim, 'of root\n');
  chmodSync(victim, 0o600);
  chmodSync(secrets, 0o700);
  chownSync(folder, UID, UID);
  const state = () => [
    ...[secrets, victim].map((path) => `${lstatSync(path).mode.toString(8)} ${lstatSync(path).uid}`),
    readFileSync(victim, 'utf8'),
    ...readdirSync(secrets),
  ];
  return { folder, victim, target: join(folder, 'target'), state };
}

async function race(way: Way, folder: string, victim: string): Promise<ChildProcess> {
  const words = [RACER, String(UID), way, folder, victim];
  const racer = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(racer.stdout, 'data');
  return racer;
}

const attributes = (path: string) => ({ path, mode: '0644', owner: 'nobody', group: 'nogroup' });
const write = (path: string) => ({ ...attributes(path), content: Buffer.from('theirs\n') });
const found = { mode: '0600', owner: 'root', group: 'root' };
const options = { written: false, foretold: foretold() };

const ACTIONS: [what: string, ways: Way[], (path: string) => Action[] | Promise<Action[]>][] = [
  ['a file', ['new names', 'target'], (path) => [{ write: write(path) }]],
  [
    'a file with a validator and a backup',
    ['new names', 'target'],
    (path) => [{ write: { ...write(path), backup: true, validate: shell('grep -q theirs "$1"', '%s') } }],
  ],
  ['a directory', ['new names'], (path) => [makeDirectory(attributes(path))]],
  ['a file below it', ['folder'], (path) => [{ write: write(join(path, 'victim.conf')) }]],
  ['a directory below it', ['folder'], (path) => [makeDirectory(attributes(join(path, 'victim.conf')))]],
  [
    'attributes of a file',
    ['target', 'new names'],
    (path) => attributeChanges(attributes(path), found, { kind: 'file', ...options }).flatMap(actionsOf),
  ],
  [
    'attributes of a file below it',
    ['folder'],
    (path) => [
      setAttributes({ path: join(path, 'victim.conf'), kind: 'file', owner: 'nobody', mode: '0666' }),
    ],
  ],
  [
    'attributes of a directory',
    ['folder'],
    (path) => attributeChanges(attributes(path), found, { kind: 'dir', ...options }).flatMap(actionsOf),
  ],
  ['a symlink', ['new names', 'target'], symlinkTo],
];

function actionsOf({ actions }: { readonly actions: readonly Action[] }): readonly Action[] {
  return actions;
}

async function symlinkTo(path: string): Promise<Action[]> {
  const folder = { exists: true, type: 'directory', size: 40, ...found } as const;
  const host = scriptedHost({
    files: { [join(path, '..')]: folder, [path]: { exists: false } },
    probes: [['getent passwd nobody', {}]],
  });
  const step = await symlink({ path, target: 'elsewhere', owner: 'nobody' }).prepare({ root: '/' });
  const finding = (await step.look(host)).diff(foretold());
  return finding.status === 'change' ? finding.changes.flatMap(actionsOf) : [];
}

describe('in a folder that its owner changes all the time, root writes', () => {
  const cases = ACTIONS.flatMap(([what, ways, actions]) => ways.map((way) => ({ what, way, actions })));

  it.each(cases)(
    '$what, against a racer for $way: nothing of root’s is changed',
    { timeout: 120_000 },
    async ({ way, actions }) => {
      const { folder, victim, target, state } = scene();
      const before = state();
      const racer = await race(way, folder, victim);
      try {
        for (let round = 0; round < ROUNDS; round += 1) {
          for (const action of await actions(target)) await perform(action);
          expect(state()).toEqual(before);
        }
      } finally {
        racer.kill('SIGKILL');
      }
    },
  );
});
