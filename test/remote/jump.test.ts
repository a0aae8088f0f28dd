import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  type Host,
  HostKeyError,
  InputError,
  Secret,
  type SshSettings,
  UnreachableError,
} from '../../src/model/index.ts';
import { login, refusal } from './attempt.ts';
import { newHostKey, startRecordingServer } from './recording-server.ts';
import { makeKey, type Sshd, startSshd } from './sshd.ts';

let target: Sshd;
let bastion: Sshd;
let ssh: SshSettings;
let knowsBoth: string;

beforeAll(async () => {
  [target, bastion] = await Promise.all([startSshd(), startSshd({ config: ['MaxStartups 3:50:6'] })]);
  const config = join(bastion.dir, 'config');
  knowsBoth = join(bastion.dir, 'knows_both');
  const key = readFileSync(join(bastion.dir, 'host_ed25519.pub'), 'utf8');
  const targets = readFileSync(join(target.dir, 'known_hosts'), 'utf8');
  writeFileSync(knowsBoth, `${targets}[localhost]:${bastion.port} ${key}`);
  ssh = { destination: '127.0.0.1', config, identityFiles: [], identitiesOnly: false };
  const stranger = makeKey(bastion.dir, 'stranger');
  const host = (name: string, identity: string) => `Host ${name}
    HostName 127.0.0.1
    Port ${bastion.port}
    IdentityFile ${identity}
  `;
  writeFileSync(
    config,
    `User root
    IdentitiesOnly yes
    UserKnownHostsFile ${join(bastion.dir, 'known_hosts')}
    ${host('shut', stranger)}
    ${host('bastion 127.0.0.1', join(bastion.dir, 'id'))}`,
  );
});

afterAll(() => Promise.all([target?.stop(), bastion?.stop()]));

/** As the inventory has it: ssh knows neither its key nor its host key otherwise. */
function inventoryBastion(): Host {
  return { ...bastion.host, name: 'inner', address: 'localhost' };
}

function logins(): number {
  return readFileSync(join(bastion.dir, 'log'), 'utf8').match(/Accepted publickey/g)?.length ?? 0;
}

describe('a jump host', () => {
  it.each([
    ['that ~/.ssh/config knows', () => ['bastion']],
    ['with user and port', () => [`root@127.0.0.1:${bastion.port}`]],
    ['behind another', () => ['bastion', `root@127.0.0.1:${bastion.port}`]],
    ['behind two others', () => ['bastion', 'bastion', `root@127.0.0.1:${bastion.port}`]],
    ['that is a host of the inventory', () => [inventoryBastion()]],
    ['of the inventory, behind another', () => [{ ...inventoryBastion(), jump: ['bastion'] }]],
    ['of the inventory, between others', () => ['bastion', inventoryBastion(), 'bastion']],
  ] satisfies [string, () => Host['jump']][])('%s leads to the host', async (_, jump) => {
    const before = logins();
    expect(await login(target, { jump: jump(), ssh }, { knownHostsFiles: [knowsBoth] })).toBe('root');
    expect(logins()).toBeGreaterThan(before);
  });

  it("is no reason to believe another host's key", async () => {
    const known = { knownHostsFiles: [join(bastion.dir, 'known_hosts')] };
    expect(await refusal(target, { jump: ['bastion'], ssh }, known)).toBeInstanceOf(HostKeyError);
  });

  it('that refuses us says so, and does not ask', async () => {
    const error = await refusal(target, { jump: ['shut'], ssh });
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toMatch(/test-host cannot be reached through shut: .*Permission denied/);
  });

  it('that nobody knows may be a misspelt host of the inventory', async () => {
    const known = { names: ['web-01', 'bastion-01.invalid'] };
    const error = await refusal(target, { jump: ['root@bastion-1.invalid:22'], ssh }, known);
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toMatch(
      /bastion-1.invalid:22: .*not resolve hostname .*: did you mean `bastion-01.invalid`\?$/,
    );
  });

  it('from which the host cannot be reached says so', async () => {
    const error = await refusal(target, { jump: ['bastion'], port: 1, ssh });
    expect(error.message).toMatch(/through bastion: .*(refused|failed)/);
  });

  it('that drops connections while busy is asked again (MaxStartups 3:50:6)', async () => {
    const all = Array.from({ length: 12 }, () => login(target, { jump: ['bastion'], ssh }));
    expect(await Promise.all(all)).toEqual(all.map(() => 'root'));
  }, 60_000);

  it('of the inventory with accept-new has its first key stored, in a folder made for it', async () => {
    const acceptInto = join(bastion.dir, 'new-project', 'known_hosts');
    const known = { knownHostsFiles: [join(target.dir, 'known_hosts')], acceptInto };
    const hop: Host = { ...inventoryBastion(), hostKeys: 'accept-new' };
    expect(await login(target, { jump: [hop], ssh }, known)).toBe('root');
    const stored = readFileSync(acceptInto, 'utf8');
    expect(stored).toContain(`[localhost]:${bastion.port} ssh-ed25519 `);
    expect(await login(target, { jump: [hop], ssh }, known)).toBe('root');
    expect(readFileSync(acceptInto, 'utf8')).toBe(stored);
  });

  it('of the inventory with accept-new is not logged in to if its key cannot be stored', async () => {
    const acceptInto = join(bastion.dir, 'id', 'known_hosts');
    const known = { knownHostsFiles: [join(target.dir, 'known_hosts')], acceptInto };
    const hop: Host = { ...inventoryBastion(), hostKeys: 'accept-new' };
    const before = logins();
    const error = await refusal(target, { jump: [hop], ssh }, known);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(/^the host key of inner cannot be stored in /);
    expect(logins()).toBe(before);
  });

  it('leads to a new host whose second key gets no credential', async () => {
    const server = await startRecordingServer({ hostKey: () => newHostKey() });
    onTestFinished(() => server.stop());
    const { identityFile: _, ...host } = {
      ...target.host,
      port: server.port,
      hostKeys: 'accept-new' as const,
    };
    const own = { ...target, host };
    const options = {
      knownHostsFiles: [],
      acceptInto: join(bastion.dir, 'behind', 'known_hosts'),
      agent: '',
      secretOf: (name: string) =>
        name === 'TRUEUP_SSH_PASSWORD' ? new Secret(name, 'behind the bastion') : undefined,
    };
    expect(await refusal(own, { jump: ['bastion'], ssh }, options)).toBeInstanceOf(UnreachableError);
    expect(await refusal(own, { jump: ['bastion'], ssh }, options)).toBeInstanceOf(HostKeyError);
    expect(server.connections).toBe(2);
    expect(server.offered).toEqual([{ connection: 0, method: 'password', password: 'behind the bastion' }]);
  });
});
