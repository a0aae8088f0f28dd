import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { OWN_FOLDER, STAGING_FUNCTIONS } from '../../src/model/index.ts';

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'trueup-staging-')));
  execFileSync('chmod', ['755', root]);
});

/** $1 is the folder of the test; joe is 12345, and 12346 is another user. */
const prepare = (script: string) => execFileSync('sh', ['-ec', script, 'sh', root]);

describe.each(['dash', 'bash'])('by %s, entering a folder', (shell) => {
  const run = (script: string, ...words: string[]) => {
    const posix = shell === 'bash' ? ['--posix'] : [];
    const { stdout, stderr } = spawnSync(shell, [...posix, '-c', script, 'sh', ...words]);
    return `${stdout}${stderr}`.trim().replaceAll(root, '');
  };
  const enter = (path: string) =>
    run(`${STAGING_FUNCTIONS}\nenter "$1" x && here || echo "refused: $why"`, join(root, path));

  it.each<[what: string, script: string, path: string, outcome: string]>([
    ['without symlinks', 'mkdir -p "$1/a/b"', 'a/b', '/a/b'],
    ['that is not there', ':', 'a', 'refused: /a cannot be entered: No such file or directory'],
    ['by a symlink of root', 'mkdir -p "$1/a/b"; ln -s a "$1/l"', 'l/b', '/a/b'],
    ['by a chain of them', 'mkdir "$1/a"; ln -s "$1/a" "$1/m"; ln -s a/../m "$1/l"', 'l', '/a'],
    [
      'by a circle of them',
      'ln -s b "$1/a"; ln -s a "$1/b"',
      'a',
      'refused: /a cannot be entered: Too many levels of symbolic links',
    ],
    [
      'by a symlink of joe to a folder of joe',
      'mkdir "$1/joe" "$1/web"; ln -s "$1/web" "$1/joe/l"; chown -hR 12345 "$1/joe" "$1/web"',
      'joe/l',
      '/web',
    ],
    [
      'by a symlink in a folder of joe to a folder of root',
      'mkdir "$1/joe" "$1/web"; ln -s "$1/web" "$1/joe/l"; chown 12345 "$1/joe"',
      'joe/l',
      'refused: /joe/l is a symlink that another user can redirect, and leads to a folder that this user may not write to: write the real path (/web/x)',
    ],
    [
      'by a symlink of joe to a folder of another user',
      'mkdir "$1/joe" "$1/web"; ln -s "$1/web" "$1/joe/l"; chown -h 12345 "$1/joe" "$1/joe/l"; chown 12346 "$1/web"',
      'joe/l',
      'refused: /joe/l is a symlink that another user can redirect, and leads to a folder that this user may not write to: write the real path (/web/x)',
    ],
    ...['root', '12345'].map((owner): [string, string, string, string] => [
      `by a symlink of ${owner} in a sticky folder, where a user may have moved it`,
      `mkdir "$1/tmp" "$1/web"; chmod 1777 "$1/tmp"; ln -s "$1/web" "$1/tmp/l"; chown -h ${owner} "$1/tmp/l"`,
      'tmp/l',
      'refused: /tmp/l is a symlink that another user can redirect, and leads to a folder that this user may not write to: write the real path (/web/x)',
    ]),
    [
      'by a symlink in a folder of joe, to a sticky folder',
      'mkdir "$1/joe" "$1/tmp"; chmod 1777 "$1/tmp"; ln -s "$1/tmp" "$1/joe/l"; chown 12345 "$1/joe"',
      'joe/l',
      'refused: /joe/l is a symlink that another user can redirect, and leads to a folder that this user may not write to: write the real path (/tmp/x)',
    ],
    [
      'by a symlink of root in a sticky folder that only root may write to',
      'mkdir "$1/d" "$1/web"; chmod 1755 "$1/d"; ln -s "$1/web" "$1/d/l"',
      'd/l',
      '/web',
    ],
    [
      'below a sticky folder, by a symlink of root to it',
      'mkdir -p "$1/spool/mail/x"; chmod 1777 "$1/spool/mail"; ln -s spool/mail "$1/mail"',
      'mail/x',
      '/spool/mail/x',
    ],
    [
      'by a symlink in a folder of a group, to one of the same group',
      'mkdir -p "$1/app/releases"; ln -s releases "$1/app/current"; chgrp -hR 12345 "$1/app"; chmod -R 2775 "$1/app"',
      'app/current',
      '/app/releases',
    ],
    [
      'by a symlink in a folder of a group, to one of root',
      'mkdir -p "$1/app" "$1/web"; ln -s ../web "$1/app/current"; chgrp 12345 "$1/app"; chmod 2775 "$1/app"',
      'app/current',
      'refused: /app/current is a symlink that another user can redirect, and leads to a folder that this user may not write to: write the real path (/web/x)',
    ],
  ])('%s', (_, script, path, outcome) => {
    prepare(script);
    expect(enter(path)).toBe(outcome);
  });

  it('stages in a setgid folder, and leaves nothing', () => {
    prepare('mkdir "$1/app"; chgrp 12345 "$1/app"; chmod 2775 "$1/app"');
    const script = `${STAGING_FUNCTIONS}
enter "$1" && stage x && here && stat -c '%u %a' . && echo content >new && mv -T new ../file && unstage; ls -A "$1"`;
    expect(run(script, join(root, 'app'))).toBe('/app/.trueup-x~\n0 2700\nfile');
  });

  it('stages in no folder that is there already', () => {
    prepare('mkdir -p "$1/app/.trueup-x~"');
    const script = `${STAGING_FUNCTIONS}\nenter "$1" && stage x || echo "$why"`;
    expect(run(script, join(root, 'app'))).toBe('cannot be written: File exists');
  });

  it('holds a file that has no other names', () => {
    prepare('mkdir "$1/app"; echo mine >"$1/app/a"; ln "$1/app/a" "$1/app/b"; echo one >"$1/app/c"');
    const script = `${STAGING_FUNCTIONS}\nenter "$1" && stage x; hold "$2" && cat held || echo "$why"; unstage; ls -A "$1"`;
    expect(run(script, join(root, 'app'), 'c')).toBe('one\na\nb\nc');
    expect(run(script, join(root, 'app'), 'a')).toContain('it has other names (hard links)');
  });

  it('holds no file whose other name goes in this moment', () => {
    prepare('mkdir "$1/app"; echo of root >"$1/other"; ln "$1/other" "$1/app/a"');
    const script = `${STAGING_FUNCTIONS}
ln() { command ln "$@"; rm ../a; }
enter "$1" && stage x; hold a && cat held || echo "$why"`;
    expect(run(script, join(root, 'app'))).toContain('it has other names (hard links)');
  });

  it('holds no file whose other name comes and goes in this moment', () => {
    prepare('mkdir "$1/app"; echo of root >"$1/other"; ln "$1/other" "$1/app/a"');
    const script = `${STAGING_FUNCTIONS}
ln() { command ln "$@"; rm ../a; }
sleep() { command sleep "$1"; command ln held ../a; }
stat() { command stat "$@"; case $2 in %d:%i) [ "$3" = ../a ] && rm ../a ;; esac; }
enter "$1" && stage x; hold a && cat held || echo "$why"`;
    expect(run(script, join(root, 'app'))).toContain('it has other names (hard links)');
  });

  it('stages in no other folder of root that takes the name in this moment', () => {
    prepare('mkdir -p "$1/app/vault"; chmod 700 "$1/app/vault"; echo precious >"$1/app/vault/new"');
    const script = `${STAGING_FUNCTIONS}
mkdir() { command mkdir "$@"; mv .trueup-x~ aside; mv vault .trueup-x~; }
enter "$1" && trap unstage EXIT; stage x || echo "$why"`;
    expect(run(script, join(root, 'app'))).toContain('another user changed');
    expect(prepare('cat "$1/app/.trueup-x~/new"').toString()).toBe('precious\n');
  });

  it('knows the users of an access control list', () => {
    prepare('mkdir "$1/app" "$1/web"; setfacl -m u:12345:rwx "$1/app"; ln -s "$1/web" "$1/app/l"');
    expect(enter('app/l')).toContain('is a symlink that another user can redirect');
    expect(run(`${STAGING_FUNCTIONS}\nenter "$1" && writers`, join(root, 'app'))).toMatch(/acl/);
  });

  const own = () =>
    run(`${OWN_FOLDER}\nown_folder "$1" "$1/jobs" && stat -c '%a %U' "$1/jobs"`, join(root, 'run'));
  it.each<[what: string, script: string, outcome: string]>([
    ['not there yet', ':', '700 root'],
    ['there', 'mkdir -m 700 "$1/run"', '700 root'],
    ['readable for others, which is mended', 'mkdir -m 755 "$1/run"', '700 root'],
    [
      'writable for others',
      'mkdir "$1/run"; chmod 777 "$1/run"',
      '/run must be a directory that only root can change, but is: directory, drwxrwxrwx, of root: find out why, and remove it',
    ],
    [
      'of another user',
      'mkdir -m 700 "$1/run"; chown 12345 "$1/run"',
      '/run must be a directory that only root can change, but is: directory, drwx------, of UNKNOWN: find out why, and remove it',
    ],
    [
      'a symlink',
      'mkdir "$1/other"; ln -s other "$1/run"',
      '/run must be a directory that only root can change, but is: symbolic link, lrwxrwxrwx, of root: find out why, and remove it',
    ],
  ])('keeps its own things in a folder %s', (_, script, outcome) => {
    prepare(script);
    expect(own()).toBe(outcome);
  });
});
