import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { type Host, HostKeyError } from '../../src/model/index.ts';
import { projectFolder } from '../project-folder.ts';
import { login, refusal } from './attempt.ts';
import { makeKey, type Sshd, startSshd } from './sshd.ts';

let sshd: Sshd;

beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd?.stop());

/** The only host of an inventory that says nothing but its name, and what ssh's configuration makes of it. */
async function hostOf(name: string, lines: readonly string[]): Promise<Host> {
  const yaml = `all: { vars: { sshArgs: -F config }, hosts: { ${name}: } }`;
  const config = ['Host alias', ...lines, 'BatchMode yes'].join('\n  ');
  const root = projectFolder({ 'hosts.yml': yaml, config: `${config}\n` });
  const [host] = (await loadInventory(join(root, 'hosts.yml'))).hosts;
  if (!host) throw new Error('no host');
  expectSshToo(join(root, 'config'), name);
  return host;
}

/** What we are about to do, ssh itself does. */
function expectSshToo(config: string, name: string): void {
  expect(execFileSync('ssh', ['-F', config, name, 'whoami'], { encoding: 'utf8' })).toBe('root\n');
}

function way(): string[] {
  return ['HostName 127.0.0.1', `Port ${sshd.port}`, 'User root'];
}
function key(): string[] {
  return [`IdentityFile ${sshd.dir}/id`];
}
function known(): string[] {
  return [`UserKnownHostsFile ${sshd.dir}/known_hosts`];
}

async function agentWith(keys: readonly string[]): Promise<string> {
  const socket = join(sshd.dir, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  onTestFinished(() => void agent.kill());
  while (!existsSync(socket)) await sleep(10);
  execFileSync('ssh-add', ['-q', ...keys], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return socket;
}

/** Nothing but the configuration tells what is right. */
const NOTHING = { knownHostsFiles: [], agent: '', defaultKeys: [] };

describe('an alias of ~/.ssh/config', () => {
  it('is all that a host of the inventory needs', async () => {
    const host = await hostOf('alias', [...way(), ...key(), ...known()]);
    expect(await login({ ...sshd, host }, {}, NOTHING)).toBe('root');
  });

  it('may name several keys; one of the inventory is tried alone', async () => {
    const stranger = makeKey(sshd.dir, 'not-allowed');
    const host = await hostOf('alias', [...way(), `IdentityFile ${stranger}`, ...key(), ...known()]);
    expect(await login({ ...sshd, host }, {}, NOTHING)).toBe('root');
    const error = await refusal({ ...sshd, host: { ...host, identityFile: stranger } }, {}, NOTHING);
    expect(error.message).toMatch(/does not let root in: offered were \S+not-allowed$/);
  });

  it('may name a key, which comes before the many of an agent', async () => {
    const host = await hostOf('alias', [...way(), ...key(), ...known()]);
    const agent = await agentWith(
      Array.from({ length: 7 }, (_, index) => makeKey(sshd.dir, `many-${index}`)),
    );
    expect(await login({ ...sshd, host }, {}, { ...NOTHING, agent })).toBe('root');
  });

  it('may have another name in known_hosts, hashed too', async () => {
    const file = join(sshd.dir, 'aliased');
    const line = readFileSync(join(sshd.dir, 'known_hosts'), 'utf8').split(' ').slice(1).join(' ');
    writeFileSync(file, `Web.Example ${line}`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    expect(execFileSync('ssh-keygen', ['-F', 'web.example', '-f', file], { encoding: 'utf8' })).toContain(
      'found',
    );
    const lines = [...way(), ...key(), `UserKnownHostsFile ${file}`, 'HostKeyAlias web.example'];
    const host = await hostOf('alias', lines);
    expect(await login({ ...sshd, host }, {}, NOTHING)).toBe('root');
    const { ssh: _, ...bare } = host;
    const other = { ...bare, identityFile: join(sshd.dir, 'id') };
    expect(
      await refusal({ ...sshd, host: other }, {}, { ...NOTHING, knownHostsFiles: [file] }),
    ).toBeInstanceOf(HostKeyError);
  });

  it('whose key has changed is refused, with the command that forgets it under its own name', async () => {
    const file = join(sshd.dir, 'changed');
    const host = await hostOf('alias', [...way(), ...key(), ...known()]);
    const stranger = readFileSync(`${makeKey(sshd.dir, 'stranger')}.pub`, 'utf8');
    writeFileSync(file, `web ${stranger}`);
    const ssh = host.ssh && { ...host.ssh, knownHostsFiles: [file], hostKeyAlias: 'web' };
    const error = await refusal({ ...sshd, host }, { ...(ssh && { ssh }) }, NOTHING);
    expect(error).toBeInstanceOf(HostKeyError);
    expect(error.advice).toContain(`ssh-keygen -f ${file} -R web`);
  });

  it('may be behind a ProxyCommand', async () => {
    const command = `ProxyCommand ssh -F none -i ${sshd.dir}/id -o UserKnownHostsFile=${sshd.dir}/known_hosts -p %p -W %h:%p %r@%h`;
    const host = await hostOf('alias', [...way(), ...key(), ...known(), command]);
    expect(host.proxyCommand).toContain(`-p ${sshd.port} -W 127.0.0.1:${sshd.port} root@127.0.0.1`);
    expect(await login({ ...sshd, host }, {}, NOTHING)).toBe('root');
  });
});
