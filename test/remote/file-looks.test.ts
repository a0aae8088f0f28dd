import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileOptions, FileState, Reader, Remote } from '../../src/model/index.ts';
import { connect, readTogether } from '../../src/remote/index.ts';
import { type Sshd, startSshd } from './sshd.ts';

let sshd: Sshd;
let remote: Remote;
let dir: string;

beforeAll(async () => {
  sshd = await startSshd();
  remote = await connect(sshd.host, sshd.options);
  dir = mkdtempSync(join(tmpdir(), 'trueup-look-'));
});

afterAll(async () => {
  await remote?.close();
  await sshd?.stop();
  rmSync(dir, { recursive: true });
});

async function look(
  ...looks: [path: string, options?: FileOptions][]
): Promise<PromiseSettledResult<FileState>[]> {
  const reads = looks.map(
    ([path, options]) =>
      (host: Reader) =>
        host.file(path, options),
  );
  return [...(await readTogether(remote, reads)).results];
}

async function wholeState(path: string, options?: FileOptions): Promise<FileState | string> {
  const [result] = await look(options ? [path, options] : [path]);
  if (!result) return 'nothing';
  return result.status === 'fulfilled' ? result.value : String(result.reason);
}

/** Without what differs from one run to the next. */
async function state(path: string, options?: FileOptions): Promise<FileState | string> {
  const found = await wholeState(path, options);
  if (typeof found === 'string' || !found.exists) return found;
  const { inode, ...rest } = found;
  expect(inode).toBe(execFileSync('stat', ['-c', '%d:%i', path]).toString().trim());
  return rest;
}

function put(name: string, content: string | Buffer, mode = 0o644): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

const plain = { exists: true, type: 'file', mode: '0644', owner: 'root', group: 'root' } as const;

describe('a path', () => {
  it('that is a file has a mode, owner, size and sum', async () => {
    const path = put('file', 'text\n', 0o4751);
    chownSync(path, 65534, 54321);
    chmodSync(path, 0o4751);
    expect(await state(path)).toEqual({
      ...plain,
      mode: '4751',
      owner: 'nobody',
      group: '54321',
      size: 5,
      sha256: sha256('text\n'),
    });
  });

  it('that is a directory, or something else, has no sum', async () => {
    mkdirSync(join(dir, 'folder'), { mode: 0o700 });
    expect(await state(join(dir, 'folder'))).toMatchObject({ exists: true, type: 'directory', mode: '0700' });
    execFileSync('mkfifo', ['-m', '000', join(dir, 'fifo')]);
    expect(await state(join(dir, 'fifo'), { contentUnless: '' })).toEqual({
      exists: true,
      type: 'other',
      mode: '0000',
      owner: 'root',
      group: 'root',
      size: 0,
    });
  });

  it.each([
    ['a file', 'file-behind'],
    ['a folder', '.'],
    ['nothing', 'nowhere'],
    ['a name that needs care', "it's a\nname"],
  ])('that is a symlink to %s is not followed', async (_, target) => {
    put('file-behind', 'x');
    const path = join(dir, `link-${sha256(target)}`);
    symlinkSync(target, path);
    expect(await state(path, { contentUnless: '' })).toEqual({
      ...plain,
      type: 'symlink',
      mode: '0777',
      size: target.length,
      target,
    });
  });

  it.each([
    ['it is not there', 'nowhere'],
    ['its folder is not there', 'nowhere/x'],
    ['a file is where its folder should be', 'a-file/x'],
  ])('is absent if %s', async (_, name) => {
    put('a-file', 'x');
    expect(await state(join(dir, name))).toEqual({ exists: false });
  });

  it('is not absent if looking fails for another reason', async () => {
    symlinkSync('loop', join(dir, 'loop'));
    expect(await state(join(dir, 'loop', 'x'))).toMatch(
      /^ProbeError: cannot look at .*: Too many levels of symbolic links$/,
    );
    expect(await state(`${dir}/${'n'.repeat(300)}`)).toMatch(
      /^ProbeError: cannot look at .*: File name too long$/,
    );
  });

  it('that cannot be read has no sum, and says so', async () => {
    expect(await state('/proc/self/mem')).toMatch(
      /^ProbeError: cannot read \/proc\/self\/mem: .*Input\/output error/,
    );
  });

  it.each(["it's", '$HOME `id`', 'two  spaces ', 'new\nline', 'back\\slash', '-n', 'a*', 'ü', '"quoted"'])(
    'may be called %j',
    async (name) => {
      const path = put(name, name);
      const expected = { ...plain, size: Buffer.byteLength(name), sha256: sha256(name) };
      expect(await state(path)).toEqual(expected);
      expect(await state(path, { contentUnless: sha256('other') })).toEqual({
        ...expected,
        content: Buffer.from(name),
      });
    },
  );
});

describe('content', () => {
  it.each<[string, string | Buffer]>([
    ['empty', ''],
    ['without an end of line', 'text'],
    ['with any byte', Buffer.from(Array.from({ length: 1024 }, (_, i) => i % 256))],
    ['of a megabyte', Buffer.alloc(1024 * 1024, 'x')],
  ])('%s comes as it is', async (_, content) => {
    const found = await state(put('content', content), { contentUnless: '' });
    if (typeof found === 'string' || !found.exists) throw new Error(`not found: ${found}`);
    expect(found.content?.equals(Buffer.from(content))).toBe(true);
  });

  it('stays away if it is the one already known, or more than a megabyte', async () => {
    const known = await state(put('known', 'text\n'), { contentUnless: sha256('text\n') });
    expect(known).toEqual({ ...plain, size: 5, sha256: sha256('text\n') });
    const large = Buffer.alloc(1024 * 1024 + 1);
    expect(await state(put('large', large), { contentUnless: '' })).toEqual({
      ...plain,
      size: large.length,
      sha256: sha256(large),
    });
  });
});

describe('many looks', () => {
  it('travel in one exec, each with its own answer', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `many-${index}`);
    const paths = names.map((name) => put(name, name));
    const before = remote.execs;
    const results = await look(
      ...paths.map((path): [string, FileOptions] => [path, { contentUnless: '' }]),
      [join(dir, 'nowhere')],
      [paths[0] ?? '', {}],
    );
    expect(remote.execs - before).toBe(1);
    const contents = results.map((result) =>
      result.status === 'fulfilled' && result.value.exists ? result.value.content?.toString() : 'absent',
    );
    expect(contents).toEqual([...names, 'absent', undefined]);
  });

  it('that fail leave the others alone', async () => {
    symlinkSync('loop2', join(dir, 'loop2'));
    const results = await look([join(dir, 'loop2', 'x')], [put('fine', 'x')], ['/proc/self/mem']);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
  });
});

describe('a folder to change something in', () => {
  const joe = () => {
    for (const name of ['joe', 'joe/own', 'web']) mkdirSync(join(dir, name), { recursive: true });
    for (const name of ['joe', 'joe/own']) chownSync(join(dir, name), 12345, 12345);
    return join(dir, 'joe');
  };

  it('is refused where a symlink on the way is another user’s and leads elsewhere', async () => {
    const link = join(joe(), 'link');
    symlinkSync(join(dir, 'web'), link);
    const refused = { link, real: join(dir, 'web') };
    expect(await wholeState(link, { toEnter: true })).toMatchObject({ type: 'symlink', refused });
    expect(await wholeState(link)).not.toHaveProperty('refused');
  });

  it.each([
    ['it is reached without symlinks', 'own', undefined],
    ['the symlink leads to a folder of the same user', 'to-own', 'own'],
    ['there is nothing', 'nothing', undefined],
  ])('is not refused if %s', async (_, name, target) => {
    const path = join(joe(), name);
    if (target) symlinkSync(target, path);
    expect(await wholeState(path, { toEnter: true })).not.toHaveProperty('refused');
  });
});
