import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { InputError, refuseWritable } from '../../src/model/index.ts';
import { projectFolder } from '../project-folder.ts';

const OTHER = 4711;

afterEach(() => void vi.unstubAllEnvs());

/** What is said of PROJECT/a/b/x.ts after a change in the project; undefined if nothing. */
function said(change: (root: string) => void, name = 'a/b/x.ts'): string | undefined {
  const root = projectFolder({ 'a/b/x.ts': '' });
  change(root);
  try {
    refuseWritable(join(root, name));
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message.replaceAll(root, 'P').replace(/^P\/a\/b\/x\.ts: /, '');
  }
}

/** A group of this machine that has a member who is neither root nor us, or is somebody's own. */
function sharedGroup(): number {
  const [gid] = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .flatMap((line) => (Number(line.split(':')[2]) > 0 ? [Number(line.split(':')[3])] : []))
    .filter((each) => each > 0);
  if (gid === undefined) throw new Error('no user but root on this machine');
  return gid;
}

describe('a file that may be run on hosts as root', () => {
  it.each<[string, (root: string) => void, string | undefined]>([
    ['is fine if all of it is ours', () => {}, undefined],
    [
      'is not another user’s',
      (root) => chownSync(join(root, 'a/b/x.ts'), OTHER, 0),
      `it belongs to the user ${OTHER}, neither to you nor to root: it is not read`,
    ],
    [
      'is not in the folder of another user',
      (root) => chownSync(join(root, 'a'), OTHER, 0),
      `its folder P/a belongs to the user ${OTHER}, neither to you nor to root: it is not read`,
    ],
    [
      'is not in the project of another user',
      (root) => chownSync(root, OTHER, 0),
      `its folder P belongs to the user ${OTHER}, neither to you nor to root: it is not read`,
    ],
    [
      'is not writable by everybody',
      (root) => chmodSync(join(root, 'a/b/x.ts'), 0o666),
      'any user of this machine may write to it (mode 0666): it is not read',
    ],
    [
      'is not in a folder that everybody may write to',
      (root) => chmodSync(join(root, 'a/b'), 0o777),
      'any user of this machine may replace it (its folder has the mode 0777): it is not read',
    ],
    [
      'is not below a project root that everybody may write to',
      (root) => chmodSync(root, 0o777),
      'any user of this machine may replace it (the folder P has the mode 0777): it is not read',
    ],
    ['may be below a folder such as /tmp', (root) => chmodSync(root, 0o1777), undefined],
    ['may be writable by a private group', (root) => grant(root, OTHER), undefined],
    ['may be writable by the group root', (root) => grant(root, 0), undefined],
  ])('%s', (_, change, message) => expect(said(change)).toBe(message));

  it('is not writable by a group with other members', () => {
    expect(said((root) => grant(root, sharedGroup()))).toMatch(
      /^other users in the group \S+ may write to it \(mode 0664\): it is not read$/,
    );
  });

  it('may be in a project that lies in a folder such as /tmp', () => {
    const around = mkdtempSync(join(tmpdir(), 'trueup-around-'));
    onTestFinished(() => rmSync(around, { recursive: true, force: true }));
    chmodSync(around, 0o1777);
    mkdirSync(join(around, 'project'));
    for (const name of ['package.json', 'x.ts']) writeFileSync(join(around, 'project', name), '{}');
    expect(() => refuseWritable(join(around, 'project/x.ts'))).not.toThrow();
  });

  it('may be that of the one who called sudo', () => {
    vi.stubEnv('SUDO_UID', String(OTHER));
    const mine = (root: string) =>
      ['', 'a', 'a/b', 'a/b/x.ts'].forEach((each) => void chownSync(join(root, each), OTHER, 0));
    expect(said(mine)).toBeUndefined();
    vi.stubEnv('SUDO_UID', String(OTHER + 1));
    expect(said(mine)).toContain(`belongs to the user ${OTHER}`);
  });

  it('is judged by where links lead, too', () => {
    const outside = projectFolder({ 'y.ts': '' });
    const linked = (root: string) => symlinkSync(join(outside, 'y.ts'), join(root, 'a/link.ts'));
    expect(said(linked, 'a/link.ts')).toBeUndefined();
    chownSync(outside, OTHER, 0);
    expect(said(linked, 'a/link.ts')).toContain(`its folder ${outside} belongs to the user ${OTHER}`);
    chownSync(outside, 0, 0);
    chownSync(join(outside, 'y.ts'), OTHER, 0);
    expect(said(linked, 'a/link.ts')).toContain(`belongs to the user ${OTHER}`);
  });

  it('is not refused for being missing: whoever reads it knows more', () => {
    expect(said(() => {}, 'a/none.ts')).toBeUndefined();
  });
});

function grant(root: string, gid: number): void {
  chownSync(join(root, 'a/b/x.ts'), 0, gid);
  chmodSync(join(root, 'a/b/x.ts'), 0o664);
}
