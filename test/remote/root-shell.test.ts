import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNCONFINED_ALONE } from '../../src/remote/root-shell.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'trueup-domain-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Runs the line on a stand-in for a host with SELinux; undefined: without. */
function run(shell: string, enforce: string | undefined, context: string) {
  if (enforce !== undefined) writeFileSync(join(dir, 'enforce'), enforce);
  writeFileSync(join(dir, 'current'), `${context}\0`);
  const line = UNCONFINED_ALONE.replaceAll('/sys/fs/selinux', dir).replace('/proc/self/attr', dir);
  const { status, stderr } = spawnSync(shell, ['-c', `${line}\necho began`], { encoding: 'utf8' });
  return { status, stderr };
}

describe.each(['dash', 'bash'])('a login by %s', (shell) => {
  it.each([
    ['1', 'unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023'],
    ['1', 'sysadm_u:sysadm_r:sysadm_t'],
    ['1', 'system_u:system_r:unconfined_service_t:s0'],
    ['0', 'staff_u:staff_r:staff_t:s0'],
    [undefined, 'unconfined'],
  ])('goes on with enforce %s in %s', (enforce, context) => {
    expect(run(shell, enforce, context)).toEqual({ status: 0, stderr: '' });
  });

  it.each(['staff_u:staff_r:staff_t:s0', 'system_u:system_r:sshd_t:s0-s0:c0.c1023'])(
    'is refused in %s',
    (context) => {
      expect(run(shell, '1', context)).toEqual({
        status: 1,
        stderr: `SELinux confines this login: ${context}\n`,
      });
    },
  );
});
