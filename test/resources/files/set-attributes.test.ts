import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type PathKind, setAttributes } from '../../../src/resources/files/path-actions.ts';

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'trueup-set-')));
  execFileSync('chmod', ['755', root]);
});

/** Runs a script in sh whose working directory is the folder of the test. */
const sh = (script: string) => execFileSync('sh', ['-ec', script], { cwd: root }).toString().trim();

const JOE = 'chown 12345 .';
const CASES: [kind: PathKind, make: string, owner: string][] = [
  ['file', 'echo secret >NAME; chmod 600 NAME', JOE],
  ['file', 'echo secret >NAME; chmod 600 NAME', ':'],
  ['dir', 'mkdir -m 700 NAME', JOE],
  ['link', 'ln -s elsewhere NAME', JOE],
];

describe.each(CASES)('owner of a %s made by `%s`, in a folder after `%s`', (kind, make, owner) => {
  const set = (inode: string) => {
    const action = setAttributes({ path: join(root, 'target'), kind, inode, owner: '12346' });
    if (!('exec' in action)) throw new Error('expected a command');
    const [tool, ...words] = action.exec;
    return spawnSync(tool, words, { encoding: 'utf8' }).stderr.trim().replace(root, '');
  };
  const make_ = (name: string) => sh(make.replaceAll('NAME', name));

  it('is set on what was looked at', () => {
    sh(owner);
    make_('target');
    expect(set(sh('stat -c %d:%i target'))).toBe('');
    expect(sh('stat -c %u target')).toBe('12346');
  });

  it('is not set on another object that was moved to the name', () => {
    sh(owner);
    make_('target');
    make_('other');
    const inode = sh('stat -c %d:%i target');
    sh('mv target was; mv -T other target');
    expect(set(inode)).toBe('/target: was replaced after planning: run plan again');
    expect(sh('stat -c %u target; ls -A')).toBe('0\ntarget\nwas');
  });
});
