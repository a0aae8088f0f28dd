import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { lockError, takeLock } from '../../src/engine/run-lock.ts';
import { localReader } from '../local-reader.ts';
import { stubTools } from '../stub-tools.ts';

let file: string;

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'trueup-lock-')), 'apply.lock');
});

const start = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ')[19];

/** A holder that lives: this very process. */
const held = () => `${process.pid} ${start(process.pid)} other anna@laptop\n`;

describe.each(['dash', 'bash'] as const)('the lock of a host, by %s', (shell) => {
  const take = (tools: Record<string, string> = {}, bound = false) =>
    localReader(shell, { path: stubTools(tools), bound, replace: { '/run/trueup/apply.lock': file } }).probe(
      takeLock({ id: 'mine', by: 'ben@laptop' }).command,
      { expect: [0, 1, 2, 75] },
    );

  it('is taken where there is none, or an old one', async () => {
    expect(await take()).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8')).toMatch(/^\d+ \d+ mine ben@laptop\n$/);
    writeFileSync(file, '');
    expect(await take()).toMatchObject({ code: 0 });
    writeFileSync(file, `${process.pid} 1 other anna@laptop\n`);
    expect(await take()).toMatchObject({ code: 0 });
    writeFileSync(file, '99999999 1 other anna@laptop\n');
    expect(await take()).toMatchObject({ code: 0 });
  });

  it('is not taken while its holder lives', async () => {
    writeFileSync(file, held());
    expect(await take()).toMatchObject({ code: 75, stderr: expect.stringMatching(/anna@laptop\n$/) });
    expect(readFileSync(file, 'utf8')).toBe(held());
  });

  it('is not free because its holder may not be looked at', async () => {
    writeFileSync(file, held());
    const refuse = (real: string) =>
      `case "$*" in *"/${process.pid}/stat"*) echo "cat: /proc: Permission denied" >&2; exit 1 ;; esac; exec ${real} "$@"`;
    const said = await take({ cat: refuse('/bin/cat'), sed: refuse('/bin/sed') });
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('Permission denied') });
    expect(readFileSync(file, 'utf8')).toBe(held());
  });

  it('is not free because it may not be read', async () => {
    writeFileSync(file, held());
    execFileSync('chown', ['nobody', file]);
    chmodSync(file, 0o622);
    expect(await take({}, true)).toMatchObject({ stderr: expect.stringContaining('ermission denied') });
    expect(readFileSync(file, 'utf8')).toBe(held());
  });
});

it('only the exit code for it means that another run holds the lock', () => {
  expect(lockError({ message: 'anna@laptop', exitCode: 75 }).message).toBe(
    'another run of trueup is changing this host: anna@laptop',
  );
  const refused = lockError({ message: 'sh: cannot create /run/trueup: Permission denied', exitCode: 2 });
  expect(refused.message).toBe(
    'cannot take the lock /run/trueup/apply.lock: sh: cannot create /run/trueup: Permission denied',
  );
});
