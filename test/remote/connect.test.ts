import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostKeyError } from '../../src/model/index.ts';
import type { ConnectOptions } from '../../src/remote/index.ts';
import { login, refusal } from './attempt.ts';
import { makeKey, type Sshd, startSshd } from './sshd.ts';

let sshd: Sshd;

beforeAll(async () => {
  const config = ['ListenAddress 127.0.0.2', 'ListenAddress 127.0.0.3'];
  sshd = await startSshd({ hostKeys: ['ed25519', 'ecdsa', 'rsa'], config });
});

afterAll(() => sshd?.stop());

/** The host's key as known_hosts has it. */
function hostKey(type: string): string {
  return readFileSync(join(sshd.dir, `host_${type}.pub`), 'utf8')
    .split(' ')
    .slice(0, 2)
    .join(' ');
}

function knownHosts(name: string, ...lines: string[]): Partial<ConnectOptions> {
  const file = join(sshd.dir, name);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return { knownHostsFiles: [file], acceptInto: join(sshd.dir, `${name}-accepted`) };
}

function keygenFingerprint(file: string): string {
  return execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' }).split(' ')[1] ?? '';
}

describe('strict host keys', () => {
  it.each(['ed25519', 'ecdsa', 'rsa'])('know the host by its %s key alone', async (type) => {
    const options = knownHosts(`only-${type}`, `[127.0.0.1]:${sshd.port} ${hostKey(type)}`);
    expect(await login(sshd, {}, options)).toBe('root');
  });

  it('refuse an unknown host, with its fingerprint and a way on', async () => {
    const error = await refusal(sshd, {}, knownHosts('none'));
    expect(error).toBeInstanceOf(HostKeyError);
    expect(error.message).toContain(`test-host (127.0.0.1:${sshd.port}) is not known`);
    expect(error.message).toContain(keygenFingerprint(join(sshd.dir, 'host_ed25519.pub')));
    expect(error.advice).toContain(`ssh -p ${sshd.port} root@127.0.0.1`);
    expect(error.advice).toContain('hostKeys: accept-new');
  });

  it('refuse a changed key, with both fingerprints, the line, and the command that forgets it', async () => {
    const old = `${makeKey(sshd.dir, 'old')}.pub`;
    const [type, body] = readFileSync(old, 'utf8').split(' ');
    const options = knownHosts('changed', '# a comment', `[127.0.0.1]:${sshd.port} ${type} ${body}`);
    const error = await refusal(sshd, { hostKeys: 'accept-new' }, options);
    expect(error).toBeInstanceOf(HostKeyError);
    expect(error.message).toContain(keygenFingerprint(old));
    expect(error.message).toContain(keygenFingerprint(join(sshd.dir, 'host_ed25519.pub')));
    expect(error.message).toContain(`${join(sshd.dir, 'changed')}:2`);
    const forget = /ssh-keygen -f (\S+) -R '(\S+)'/.exec(error.advice ?? '');
    execFileSync('ssh-keygen', ['-f', forget?.[1] ?? '', '-R', forget?.[2] ?? ''], { stdio: 'ignore' });
    expect(await login(sshd, { hostKeys: 'accept-new' }, options)).toBe('root');
  });

  it('refuse a revoked key', async () => {
    const name = `[127.0.0.1]:${sshd.port}`;
    const key = hostKey('ed25519');
    const error = await refusal(
      sshd,
      { hostKeys: 'accept-new' },
      knownHosts('revoked', `${name} ${key}`, `@revoked * ${key}`),
    );
    expect(error).toBeInstanceOf(HostKeyError);
    expect(error.message).toContain('revoked');
  });
});

describe('accept-new', () => {
  it('keeps the first key where only the owner may write, and holds to it', async () => {
    const options = knownHosts('fresh');
    const acceptInto = join(sshd.dir, 'new-folder', 'known_hosts');
    expect(await login(sshd, { hostKeys: 'accept-new' }, { ...options, acceptInto })).toBe('root');
    expect(readFileSync(acceptInto, 'utf8')).toBe(`[127.0.0.1]:${sshd.port} ${hostKey('ed25519')}\n`);
    expect(statSync(acceptInto).mode & 0o777).toBe(0o600);
    expect(statSync(join(sshd.dir, 'new-folder')).mode & 0o777).toBe(0o700);
    expect(await login(sshd, { hostKeys: 'strict' }, { ...options, acceptInto })).toBe('root');
  });

  it('appends, after a last line without its end too, and for several hosts at once', async () => {
    const options = knownHosts('several');
    const acceptInto = join(sshd.dir, 'shared_known_hosts');
    writeFileSync(acceptInto, `elsewhere ${hostKey('rsa')}`);
    const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
    await Promise.all(
      addresses.map((address) =>
        login(sshd, { address, hostKeys: 'accept-new' }, { ...options, acceptInto }),
      ),
    );
    const lines = readFileSync(acceptInto, 'utf8').split('\n').filter(Boolean);
    expect(lines.sort()).toEqual([
      ...addresses.map((address) => `[${address}]:${sshd.port} ${hostKey('ed25519')}`),
      `elsewhere ${hostKey('rsa')}`,
    ]);
  });

  it('does not take a host for new of which another type of key is known', async () => {
    const publicKey = readFileSync(`${makeKey(sshd.dir, 'strange_ecdsa')}.pub`, 'utf8');
    const known = `[127.0.0.1]:${sshd.port} ${publicKey.split(' ').slice(0, 2).join(' ')}`;
    expect(await refusal(sshd, { hostKeys: 'accept-new' }, knownHosts('strange', known))).toBeInstanceOf(
      HostKeyError,
    );
  });

  it('says so if the key cannot be stored', async () => {
    const error = await refusal(
      sshd,
      { hostKeys: 'accept-new' },
      { ...knownHosts('kept'), acceptInto: join(sshd.dir, 'id', 'known_hosts') },
    );
    expect(error.message).toContain('cannot be stored');
  });
});
