import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Remote } from '../../src/model/index.ts';
import { connect } from '../../src/remote/index.ts';
import { setAttributes } from '../../src/resources/files/path-actions.ts';
import { type Sshd, startSshd } from '../remote/sshd.ts';
import { performAll, RACES, type Way } from './race-cases.ts';

const UID = 12345;
const ROUNDS = 12;
const RACER = fileURLToPath(new URL('racer.mjs', import.meta.url));

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

async function race(way: Way | 'swap', folder: string, victim: string): Promise<ChildProcess> {
  const words = [RACER, String(UID), way, folder, victim];
  const racer = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(racer.stdout, 'data');
  return racer;
}

describe('in a folder that its owner changes all the time, root writes', () => {
  it.each(RACES)(
    '$what, against a racer for $way: nothing of root’s is changed',
    { timeout: 120_000 },
    async ({ way, actions }) => {
      const { folder, victim, target, state } = scene();
      const before = state();
      const racer = await race(way, folder, victim);
      try {
        for (let round = 0; round < ROUNDS; round += 1) {
          await performAll(remote, await actions(target));
          expect(state()).toEqual(before);
        }
      } finally {
        racer.kill('SIGKILL');
      }
    },
  );

  it.each(['file', 'dir'] as const)(
    'attributes of a %s, against a racer that moves another one of root’s to its name: only the one looked at changes',
    { timeout: 120_000 },
    async (kind) => {
      const { folder, victim, target } = scene();
      const make = (path: string) => (kind === 'dir' ? mkdirSync(path) : writeFileSync(path, 'of root\n'));
      for (const path of [target, `${target}.other`]) {
        make(path);
        chmodSync(path, 0o700);
      }
      const [seen, other] = [target, `${target}.other`].map((path) => openSync(path, 'r'));
      const { dev, ino } = fstatSync(seen ?? -1);
      const racer = await race('swap', folder, victim);
      try {
        for (let round = 0; round < 25; round += 1) {
          const action = setAttributes({
            path: target,
            kind,
            inode: `${dev}:${ino}`,
            owner: String(UID),
            mode: '0755',
          });
          await performAll(remote, [action]);
          const { mode, uid } = fstatSync(other ?? -1);
          expect([uid, (mode & 0o777).toString(8)]).toEqual([0, '700']);
          fchownSync(seen ?? -1, 0, 0);
        }
      } finally {
        racer.kill('SIGKILL');
        closeSync(seen ?? -1);
        closeSync(other ?? -1);
      }
    },
  );
});
