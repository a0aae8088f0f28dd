import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Host, Secret, UnreachableError } from '../../src/model/index.ts';
import type { ConnectOptions } from '../../src/remote/index.ts';
import { login, refusal } from './attempt.ts';
import { makeKey, type Sshd, startSshd } from './sshd.ts';

const PASSWORD = 'it is "quoted" \\ $HOME';

const ROOT_PASSWORD = `cp /etc/shadow "$1/shadow"
sed -i 's|^root:[^:]*|root:$6$trueup$sEix1r0uO6zYo60qMD025Reg1mm85h9PnZghkFV5mum3216prLSmuAoZLsECbandLIkH26SDtbXxtTDnwoWIo.|' "$1/shadow"
mount --bind "$1/shadow" /etc/shadow`;

let sshd: Sshd;
let withoutKey: Host;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  sshd = await startSshd({ prepare: ROOT_PASSWORD, config: ['PasswordAuthentication yes'] });
  const { identityFile: _, ...host } = sshd.host;
  withoutKey = host;
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

afterAll(() => sshd?.stop());

/** A key that the server lets in. */
function allowedKey(name: string, ...more: string[]): string {
  const path = makeKey(sshd.dir, name, ...more);
  appendFileSync(join(sshd.dir, 'id.pub'), readFileSync(`${path}.pub`));
  return path;
}

interface Asking {
  /** A person has to confirm each use of a key, asked by what is set in this environment. */
  readonly confirm: boolean;
  readonly env: Readonly<Record<string, string>>;
}

async function startAgent(first: string | Asking, ...more: string[]): Promise<string> {
  const [asking, keys] = typeof first === 'string' ? [undefined, [first, ...more]] : [first, more];
  const socket = join(sshd.dir, `agent-${stops.length}`);
  const own = { ...process.env, ...asking?.env };
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore', env: own });
  stops.push(async () => agent.kill() && once(agent, 'exit'));
  while (!existsSync(socket)) await sleep(10);
  const env = { ...process.env, SSH_AUTH_SOCK: socket };
  const confirm = asking ? ['-c'] : [];
  for (const key of keys) execFileSync('ssh-add', ['-q', ...confirm, key], { env });
  return socket;
}

describe('the key of the inventory', () => {
  it.each<[string, string, string[]]>([
    ['ed25519', 'plain_ed25519', []],
    ['ecdsa', 'plain_ecdsa', []],
    ['rsa', 'plain_rsa', []],
    ['rsa in the old PEM format', 'pem_rsa', ['-m', 'PEM']],
    ['ecdsa in the old PEM format', 'pem_ecdsa', ['-m', 'PEM']],
    ['rsa in PKCS#8', 'pkcs8_rsa', ['-m', 'PKCS8']],
    ['ecdsa in PKCS#8', 'pkcs8_ecdsa', ['-m', 'PKCS8']],
  ])('may be %s', async (_, name, more) => {
    expect(await login(sshd, { identityFile: allowedKey(name, ...more) })).toBe('root');
  });

  it('may be ed25519 in PKCS#8, as openssl writes it', async () => {
    const pkcs8 = join(sshd.dir, 'pkcs8_ed25519');
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', pkcs8]);
    // ssh-keygen cannot read that format; the private key tells its public half to ours only.
    const { readPrivateKey } = await import('../../src/remote/private-key.ts');
    const key = await readPrivateKey(pkcs8);
    if (key.status !== 'usable') throw new Error(key.problem);
    writeFileSync(`${pkcs8}.openssh`, key.text, { mode: 0o600 });
    appendFileSync(join(sshd.dir, 'id.pub'), execFileSync('ssh-keygen', ['-y', '-f', `${pkcs8}.openssh`]));
    expect(await login(sshd, { identityFile: pkcs8 })).toBe('root');
  });

  it.each<[string, (dir: string) => string, message: RegExp, advice: RegExp]>([
    ['does not exist', (dir) => join(dir, 'nowhere'), /nowhere does not exist/, /identityFile/],
    ['is a folder', (dir) => dir, /is a folder/, /Name the key file in it/],
    ['is a public key', (dir) => join(dir, 'id.pub'), /holds no private key/, /not the \.pub file/],
    ['is protected', (dir) => makeKey(dir, 'locked', '-N', 'secret'), /passphrase/, /ssh-add .*locked/],
    [
      'is protected, in PEM',
      (dir) => makeKey(dir, 'l_rsa', '-m', 'PEM', '-N', 'secret'),
      /passphrase/,
      /ssh-add/,
    ],
    [
      'is protected, in PKCS#8',
      (dir) => makeKey(dir, 'm_rsa', '-m', 'PKCS8', '-N', 'secret'),
      /passphrase/,
      /ssh-add/,
    ],
  ])('is refused before connecting if it %s', async (_, identityFile, message, advice) => {
    const error = await refusal(sshd, { identityFile: identityFile(sshd.dir) }, { agent: undefined });
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toMatch(message);
    expect(error.advice).toMatch(advice);
  });

  it('is the only one offered', async () => {
    const stranger = makeKey(sshd.dir, 'stranger');
    const agent = await startAgent(join(sshd.dir, 'id'));
    const error = await refusal(
      sshd,
      { identityFile: stranger },
      { agent, defaultKeys: [join(sshd.dir, 'id')] },
    );
    expect(error.message).toContain(`does not let root in: offered were ${stranger}`);
    expect(error.advice).toContain(`ssh-copy-id -i ${stranger}`);
  });

  it('may be protected if the agent holds it', async () => {
    const path = allowedKey('in-agent');
    const agent = await startAgent(path);
    execFileSync('ssh-keygen', ['-q', '-p', '-f', path, '-N', 'secret']);
    expect(await login(sshd, { identityFile: path }, { agent })).toBe('root');
  });

  it.each<[string, (path: string) => string]>([
    ['protected', (path) => path],
    ['a public one', (path) => `${path}.pub`],
    ['gone, and only the public one is there', withoutPrivate],
  ])('may be %s, and is the only one of the many that the agent holds', async (name, named) => {
    const path = allowedKey(`held-${name.slice(0, 4).trim()}`);
    const agent = await startAgent(...(many(7) as [string]), path);
    execFileSync('ssh-keygen', ['-q', '-p', '-f', path, '-N', 'secret']);
    expect(await login(sshd, { identityFile: named(path) }, { agent })).toBe('root');
  });

  it('that the agent does not hold is to be loaded into it', async () => {
    const path = makeKey(sshd.dir, 'not-held', '-N', 'secret');
    const agent = await startAgent(join(sshd.dir, 'id'));
    const error = await refusal(sshd, { identityFile: path }, { agent });
    expect(error.message).toContain('not-held is protected by a passphrase');
    expect(error.advice).toContain(`ssh-add ${path}`);
  });
});

function withoutPrivate(path: string): string {
  renameSync(path, `${path}.away`);
  return path;
}

/** Keys that no server knows; sshd takes six tries. */
function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const path = join(sshd.dir, `many-${index}`);
    return existsSync(path) ? path : makeKey(sshd.dir, `many-${index}`);
  });
}

function holding(name: string, value: string): Partial<ConnectOptions> {
  return { agent: '', secretOf: (asked) => (asked === name ? new Secret(name, value) : undefined) };
}

it('a certificate is named as what could not be shown', async () => {
  const path = makeKey(sshd.dir, 'certified');
  execFileSync('ssh-keygen', [
    '-q',
    '-s',
    makeKey(sshd.dir, 'authority'),
    '-I',
    'x',
    '-n',
    'root',
    `${path}.pub`,
  ]);
  const error = await refusal(sshd, { identityFile: path });
  expect(error.message).toContain('certified-cert.pub is a certificate, and cannot be offered here');
});

describe('a passphrase from .env', () => {
  it.each<[string, string, string[]]>([
    ['ed25519', 'shut_ed25519', []],
    ['rsa in the old PEM format', 'shut_pem_rsa', ['-m', 'PEM']],
    ['ecdsa in PKCS#8', 'shut_pkcs8_ecdsa', ['-m', 'PKCS8']],
  ])('opens %s', async (_, name, more) => {
    const identityFile = allowedKey(name, ...more, '-N', 'pass phrase');
    expect(await login(sshd, { identityFile }, holding('TRUEUP_KEY_PASSPHRASE', 'pass phrase'))).toBe('root');
  });

  it('opens the usual keys, too', async () => {
    const secret = holding('TRUEUP_KEY_PASSPHRASE_TEST_HOST', 'pass phrase');
    const options = { ...secret, defaultKeys: [allowedKey('shut_usual', '-N', 'pass phrase')] };
    expect(await login({ ...sshd, host: withoutKey }, {}, options)).toBe('root');
  });

  it.each<[string, string[]]>([
    ['openssh', []],
    ['pkcs8_rsa', ['-m', 'PKCS8']],
  ])('that is wrong is named (%s)', async (name, more) => {
    const identityFile = allowedKey(`wrong_${name}`, ...more, '-N', 'pass phrase');
    const error = await refusal(sshd, { identityFile }, holding('TRUEUP_KEY_PASSPHRASE', 'another'));
    expect(error.message).toContain('TRUEUP_KEY_PASSPHRASE');
  });
});

describe('a password from .env', () => {
  it('lets in where there is no key', async () => {
    const options = holding('TRUEUP_SSH_PASSWORD', PASSWORD);
    expect(await login({ ...sshd, host: withoutKey }, {}, options)).toBe('root');
  });

  it('that is wrong is tried once, and named', async () => {
    const error = await refusal({ ...sshd, host: withoutKey }, {}, holding('TRUEUP_SSH_PASSWORD', 'hunter2'));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toContain('offered were the password TRUEUP_SSH_PASSWORD');
    expect(failedPasswords()).toBe(1);
  });

  it('that is wrong is tried once behind an agent that is gone, too', async () => {
    const before = failedPasswords();
    const options = holding('TRUEUP_SSH_PASSWORD', 'hunter2');
    const agent = join(sshd.dir, 'no-agent');
    await refusal({ ...sshd, host: withoutKey }, {}, { ...options, agent });
    expect(failedPasswords() - before).toBe(1);
  });
});

function failedPasswords(): number {
  return readFileSync(join(sshd.dir, 'log'), 'utf8').match(/Failed password/g)?.length ?? 0;
}

describe('an agent that asks somebody before it signs', () => {
  /** Its key is let in, if that answer of a person's is yes. */
  async function asking(answer: string): Promise<string> {
    const askpass = join(sshd.dir, `askpass-${stops.length}`);
    writeFileSync(askpass, `#!/bin/sh\n${answer}\n`, { mode: 0o755 });
    return startAgent({ confirm: true, env: { DISPLAY: ':0', SSH_ASKPASS: askpass } }, join(sshd.dir, 'id'));
  }

  it('is let sign', async () => {
    expect(await login({ ...sshd, host: withoutKey }, {}, { agent: await asking('exit 0') })).toBe('root');
  });

  it('and hears no, leaves the other keys', async () => {
    const options = { agent: await asking('exit 1'), defaultKeys: [allowedKey('after-no')] };
    expect(await login({ ...sshd, host: withoutKey }, {}, options)).toBe('root');
  });

  it('and gets no answer is not waited for longer than for any login', async () => {
    const options = { agent: await asking('sleep 600'), connectTimeout: 1 };
    const error = await refusal({ ...sshd, host: withoutKey }, {}, options);
    expect(error.message).toContain('answers, but does not end the login in time');
    expect(error.advice).toContain('agent');
  });
});

describe('without a key in the inventory', () => {
  it('the agent is asked', async () => {
    const agent = await startAgent(join(sshd.dir, 'id'));
    expect(await login({ ...sshd, host: withoutKey }, {}, { agent })).toBe('root');
  });

  it('a usual key that the agent holds comes before the many others there', async () => {
    const path = allowedKey('usual-held');
    const agent = await startAgent(...(many(7) as [string]), path);
    const options = { agent, defaultKeys: [path] };
    expect(await login({ ...sshd, host: withoutKey }, {}, options)).toBe('root');
  });

  it('the usual keys are tried after the agent', async () => {
    const agent = await startAgent(makeKey(sshd.dir, 'useless'));
    const defaultKeys = [join(sshd.dir, 'absent'), join(sshd.dir, 'id')];
    expect(await login({ ...sshd, host: withoutKey }, {}, { agent, defaultKeys })).toBe('root');
  });

  it('an agent that is gone does not matter', async () => {
    const options = { agent: join(sshd.dir, 'no-agent'), defaultKeys: [join(sshd.dir, 'id')] };
    expect(await login({ ...sshd, host: withoutKey }, {}, options)).toBe('root');
  });

  it('the refusal says what was offered, and what could not be', async () => {
    const defaultKeys = [makeKey(sshd.dir, 'foreign'), makeKey(sshd.dir, 'shut', '-N', 'secret')];
    const error = await refusal({ ...sshd, host: withoutKey }, {}, { agent: '', defaultKeys });
    expect(error.message).toMatch(/offered were \S+foreign; not used: \S+shut is protected by a passphrase/);
  });

  it('having nothing to offer is said so', async () => {
    const error = await refusal({ ...sshd, host: withoutKey }, {}, { agent: '' });
    expect(error.message).toContain('does not let root in: there was no key to offer');
  });
});
