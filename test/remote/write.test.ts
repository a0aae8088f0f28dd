import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, LinkLostError, type Remote, type RemoteFile, shell } from '../../src/model/index.ts';
import { connect, VALIDATION_FAILED } from '../../src/remote/index.ts';
import { startProxy } from './proxy.ts';
import { type Sshd, startSshd } from './sshd.ts';

let sshd: Sshd;
let remote: Remote;
let dir: string;
let count = 0;

beforeAll(async () => {
  sshd = await startSshd();
  remote = await connect(sshd.host, sshd.options);
});

beforeEach(async () => {
  count += 1;
  dir = join(sshd.dir, `write-${count}`);
  await sh('mkdir "$1"');
});

afterAll(async () => {
  await remote?.close();
  await sshd?.stop();
});

function file(more: Partial<RemoteFile> = {}): RemoteFile {
  const content = Buffer.from('new\n');
  return { path: join(dir, 'app.conf'), content, mode: '0644', owner: 'root', group: 'root', ...more };
}

/** On the host, in its own mount namespace; $1 is the folder of the test. Answers with stdout. */
async function sh(script: string): Promise<string> {
  const command = shell(script, dir);
  const { probes } = await remote.run({ actions: [], probes: [{ command, limit: 20 }] });
  const [answer] = probes;
  if (answer?.kind !== 'output' || answer.output.code !== 0) throw new Error(JSON.stringify(answer));
  return answer.output.stdout;
}

function listing(): Promise<string> {
  return sh('cd "$1" && for f in $(ls -A); do stat -c "%n %a %U:%G" "$f"; head -c 100 "$f"; done');
}

function outcome(answer: Answer): unknown[] {
  return answer.kind === 'skipped' ? [] : [answer.kind, answer.output.code, answer.output.stderr];
}

describe('a file that is written', () => {
  it('has its content, mode, owner and group, in one exec', async () => {
    const before = remote.execs;
    expect(outcome(await remote.write(file({ mode: '0640', owner: 'nobody', group: 'daemon' })))).toEqual([
      'output',
      0,
      '',
    ]);
    expect(remote.execs - before).toBe(1);
    expect(await listing()).toBe('app.conf 640 nobody:daemon\nnew\n');
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['binary', Buffer.from([0, 255, 10, 13, 39, 92])],
    ['large', randomBytes(5_000_000)],
  ])('may be %s', async (_, content) => {
    expect(outcome(await remote.write(file({ content })))).toEqual(['output', 0, '']);
    const { probes } = await remote.run({
      actions: [],
      probes: [{ command: ['cat', file().path], limit: 20 }],
    });
    expect(probes[0]?.kind === 'output' && probes[0].output.bytes.equals(content)).toBe(true);
  });

  it('may have any name', async () => {
    const path = join(dir, "it's $HOME `x`\n.conf");
    expect(outcome(await remote.write(file({ path })))).toEqual(['output', 0, '']);
    expect(await sh('cat "$1"/*')).toBe('new\n');
  });

  it('replaces the old one at once: a reader sees either', async () => {
    await remote.write(file({ content: Buffer.alloc(100_000, 'a') }));
    const command = shell('for i in $(seq 100); do sha256sum <"$1"; done | sort -u | wc -l', file().path);
    const seen = remote.run({ actions: [], probes: [{ command, limit: 20 }] });
    await remote.write(file({ content: Buffer.alloc(100_000, 'b') }));
    const output = (await seen).probes[0];
    expect(output?.kind === 'output' && Number(output.output.stdout)).toBeLessThanOrEqual(2);
  });

  it('can set bits beyond the permissions', async () => {
    await remote.write(file({ mode: '4755', owner: 'nobody' }));
    expect(await listing()).toBe('app.conf 4755 nobody:root\nnew\n');
  });

  it('replaces a symlink, and leaves its target alone', async () => {
    await sh('cd "$1"; echo old >target; ln -s target app.conf');
    expect(outcome(await remote.write(file()))).toEqual(['output', 0, '']);
    expect(await listing()).toBe('app.conf 644 root:root\nnew\ntarget 644 root:root\nold\n');
  });

  it('replaces a symlink to a folder, and puts nothing into that', async () => {
    await sh('cd "$1"; mkdir folder; ln -s folder app.conf');
    expect(outcome(await remote.write(file()))).toEqual(['output', 0, '']);
    expect(await sh('cd "$1"; ls -A folder; cat app.conf')).toBe('new\n');
  });

  it('keeps the one before it, if asked', async () => {
    await sh('cd "$1"; echo old >app.conf; chmod 600 app.conf; chown nobody app.conf');
    await remote.write(file({ backup: true }));
    expect(await listing()).toBe('app.conf 644 root:root\nnew\n');
    expect(await sh(`cd /var/lib/trueup/backups"$1"/app.conf && stat -c '%n %a %U:%G' * && cat *`)).toMatch(
      /^\d{8}T\d{6}Z-[0-9a-f]{8} 600 nobody:root\nold\n$/,
    );
    expect(await sh('stat -c "%a %U" /var/lib/trueup /var/lib/trueup/backups')).toBe('700 root\n700 root\n');
  });

  it('keeps the ten newest of those before it', async () => {
    await sh(`echo old >"$1"/app.conf; K=/var/lib/trueup/backups"$1"/app.conf; mkdir -p "$K"; chmod -R go= /var/lib/trueup
      for n in $(seq 10 22); do echo $n >"$K/20010101T0000\${n}Z-abcdefgh"; done`);
    await remote.write(file({ backup: true }));
    expect(await sh('cd /var/lib/trueup/backups"$1"/app.conf && cat * | xargs')).toBe(
      '14 15 16 17 18 19 20 21 22 old\n',
    );
  });

  it('keeps it in folders of root alone: one that is a symlink is refused', async () => {
    await sh(
      'echo old >"$1"/app.conf; mkdir "$1"/elsewhere; mkdir -p /var/lib/trueup/backups"$1"; ln -s "$1"/elsewhere /var/lib/trueup/backups"$1"/app.conf',
    );
    expect(outcome(await remote.write(file({ backup: true })))[2]).toContain(
      'app.conf must be a directory that only root can change, but is: symbolic link',
    );
    expect(await sh('ls "$1"/elsewhere; cat "$1"/app.conf')).toBe('old\n');
  });

  it('has nothing to keep where there was nothing', async () => {
    await remote.write(file({ backup: true }));
    expect(await listing()).toBe('app.conf 644 root:root\nnew\n');
  });
});

describe('a file that cannot be written', () => {
  const old = 'app.conf 644 root:root\nold\n';

  it.each<[string, string, Partial<RemoteFile>, string]>([
    [
      'an owner that is not there',
      ':',
      { owner: 'no-one' },
      "cannot be given to no-one:root: invalid user: 'no-one:root'",
    ],
    [
      'a group that is not there',
      ':',
      { group: 'no-group' },
      "cannot be given to root:no-group: invalid group: 'root:no-group'",
    ],
    ['a mode that is none', ':', { mode: 'rwx' }, "cannot have its mode: invalid mode: 'rwx'"],
  ])('because of %s leaves the old one', async (_, prepare, more, reason) => {
    await sh(`cd "$1"; echo old >app.conf; ${prepare}`);
    const answer = await remote.write(file(more));
    expect(outcome(answer)).toEqual(['output', 1, `${file().path}: ${reason}\n`]);
    expect(await listing()).toBe(old);
  });

  it('because its folder is missing', async () => {
    const path = join(dir, 'sub', 'app.conf');
    const reason = `its directory ${dir}/sub does not exist`;
    expect(outcome(await remote.write(file({ path })))).toEqual(['output', 1, `${path}: ${reason}\n`]);
  });

  it('because a directory is in the way', async () => {
    await sh('mkdir "$1"/app.conf');
    const reason = 'a directory stands in its place';
    expect(outcome(await remote.write(file()))).toEqual(['output', 1, `${file().path}: ${reason}\n`]);
    expect(await sh('ls -A "$1" "$1"/app.conf')).toBe(`${dir}:\napp.conf\n\n${dir}/app.conf:\n`);
  });

  it('because it is a mount point', async () => {
    await sh('cd "$1"; echo old >app.conf; echo mounted >other; mount --bind other app.conf');
    expect(outcome(await remote.write(file()))[2]).toContain('is a mount point of its own');
    expect(await sh('cd "$1"; umount app.conf; ls -A; cat app.conf')).toBe('app.conf\nother\nold\n');
  });

  it('because the disk is full', async () => {
    await sh('mount -t tmpfs -o size=64k tmpfs "$1"; echo old >"$1"/app.conf');
    const answer = await remote.write(file({ content: Buffer.alloc(200_000) }));
    expect(outcome(answer)).toEqual([
      'output',
      1,
      `${file().path}: cannot be written: No space left on device, on the file system mounted at ${dir}\n`,
    ]);
    expect(await listing()).toBe(old);
  });

  it('because the disk is full, for its backup', async () => {
    await sh(
      'mkdir -p /var/lib/trueup; mount -t tmpfs -o size=64k,mode=700 tmpfs /var/lib/trueup; head -c 300000 /dev/zero >"$1"/app.conf',
    );
    const answer = await remote.write(file({ content: Buffer.alloc(20_000), backup: true }));
    expect(outcome(answer)[2]).toContain(
      `cannot be kept as a backup: No space left on device, on the file system mounted at /var/lib/trueup\n`,
    );
    expect(await sh('umount /var/lib/trueup; ls -A "$1"; stat -c %s "$1"/app.conf')).toBe(
      'app.conf\n300000\n',
    );
  });

  it('because the disk is read-only', async () => {
    await sh('cd "$1"; echo old >app.conf; mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"');
    const answer = await remote.write(file());
    expect(outcome(answer)).toEqual([
      'output',
      1,
      `${file().path}: cannot be written: Read-only file system, on the file system mounted at ${dir}\n`,
    ]);
  });
});

describe('a validator', () => {
  it('sees the new file, with its mode and owner, under its name in a folder of root alone', async () => {
    const look = shell(
      'stat -c "%a %U" "$1"; cat "$1"; cd "$(dirname "$1")"; pwd; ls; stat -c "%a %U" .',
      '%s',
    );
    const answer = await remote.write(file({ mode: '0600', owner: 'nobody', validate: look }));
    expect(answer.kind === 'output' && answer.output.stdout).toMatch(
      /^600 nobody\nnew\n\/run\/trueup\/validate\.[0-9a-f]+\napp\.conf\n700 root\n$/,
    );
  });

  it('that refuses keeps the old file, and its words are the answer', async () => {
    await sh('echo old >"$1"/app.conf');
    const answer = await remote.write(file({ validate: shell('echo line 3; echo bad >&2; exit 1', '%s') }));
    expect(answer).toMatchObject({
      output: { code: VALIDATION_FAILED, stdout: 'line 3\n', stderr: 'bad\n' },
    });
    expect(await listing()).toBe('app.conf 644 root:root\nold\n');
  });

  it('that refuses a sensitive content is not quoted', async () => {
    const validate = shell('cat "$1"; cat "$1" >&2; exit 1', '%s');
    const answer = await remote.write(file({ validate, sensitive: true }));
    const stderr = expect.stringMatching(
      /app\.conf: refused by sh; its output is not shown: the content is sensitive\n$/,
    );
    expect(answer).toMatchObject({ output: { code: VALIDATION_FAILED, stdout: '', stderr } });
    expect(await listing()).toBe('');
  });

  it('that is missing is no refusal', async () => {
    const answer = await remote.write(file({ validate: ['no-such-tool', '%s'] }));
    expect(answer).toMatchObject({ kind: 'output', output: { code: 127 } });
    expect(outcome(answer)[2]).toContain('cannot be checked: no-such-tool is not on this host');
    expect(await listing()).toBe('');
  });
});

describe('a link that dies in mid-file', () => {
  it('leaves the old file, and nothing else', async () => {
    await sh('echo old >"$1"/app.conf');
    const content = randomBytes(3_000_000);
    for (const part of [100_000, 1_000_000, 2_900_000]) {
      const wire = await startProxy(sshd.port);
      const through = await connect({ ...sshd.host, port: wire.port, hostKeys: 'accept-new' }, sshd.options);
      wire.cutAfter(wire.sent + part);
      await expect(through.write(file({ content }))).rejects.toBeInstanceOf(LinkLostError);
      await wire.stop();
    }
    while ((await sh('ls -A "$1"')) !== 'app.conf\n') await sleep(50);
    expect(await listing()).toBe('app.conf 644 root:root\nold\n');
  });
});
