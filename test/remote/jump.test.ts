import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostKeyError, UnreachableError } from '../../src/model/index.ts';
import { login, refusal } from './attempt.ts';
import { makeKey, type Sshd, startSshd } from './sshd.ts';

let target: Sshd;
let bastion: Sshd;
let sshConfig: string;

beforeAll(async () => {
  [target, bastion] = await Promise.all([startSshd(), startSshd({ config: ['MaxStartups 3:50:6'] })]);
  sshConfig = join(bastion.dir, 'config');
  const stranger = makeKey(bastion.dir, 'stranger');
  const host = (name: string, identity: string) => `Host ${name}
    HostName 127.0.0.1
    Port ${bastion.port}
    IdentityFile ${identity}
  `;
  writeFileSync(
    sshConfig,
    `User root
    IdentitiesOnly yes
    UserKnownHostsFile ${join(bastion.dir, 'known_hosts')}
    ${host('shut', stranger)}
    ${host('bastion 127.0.0.1', join(bastion.dir, 'id'))}`,
  );
});

afterAll(() => Promise.all([target?.stop(), bastion?.stop()]));

function logins(): number {
  return readFileSync(join(bastion.dir, 'log'), 'utf8').match(/Accepted publickey/g)?.length ?? 0;
}

describe('a jump host', () => {
  it.each([
    ['that ~/.ssh/config knows', () => 'bastion'],
    ['with user and port', () => `root@127.0.0.1:${bastion.port}`],
    ['behind another', () => `bastion,root@127.0.0.1:${bastion.port}`],
  ])('%s leads to the host', async (_, jump) => {
    const before = logins();
    expect(await login(target, { jump: jump() }, { sshConfig })).toBe('root');
    expect(logins()).toBeGreaterThan(before);
  });

  it("is no reason to believe another host's key", async () => {
    const known = { knownHostsFiles: [join(bastion.dir, 'known_hosts')] };
    expect(await refusal(target, { jump: 'bastion' }, { sshConfig, ...known })).toBeInstanceOf(HostKeyError);
  });

  it('that refuses us says so, and does not ask', async () => {
    const error = await refusal(target, { jump: 'shut' }, { sshConfig });
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toMatch(/test-host cannot be reached through shut: .*Permission denied/);
  });

  it('from which the host cannot be reached says so', async () => {
    const error = await refusal(target, { jump: 'bastion', port: 1 }, { sshConfig });
    expect(error.message).toMatch(/through bastion: .*(refused|failed)/);
  });

  it('that drops connections while busy is asked again (MaxStartups 3:50:6)', async () => {
    const all = Array.from({ length: 12 }, () => login(target, { jump: 'bastion' }, { sshConfig }));
    expect(await Promise.all(all)).toEqual(all.map(() => 'root'));
  }, 60_000);
});
