import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Host, UnreachableError } from '../../src/model/index.ts';
import { connect } from '../../src/remote/index.ts';
import { login, refusal } from './attempt.ts';
import { newHostKey, startRecordingServer } from './recording-server.ts';
import { makeKey, type Sshd, startSshd } from './sshd.ts';

/** With `-o`, as the lines come first: an sshd that has no more than these. */
async function sshdWith(...config: string[]): Promise<Sshd> {
  const sshd = await startSshd({ hostKeys: ['rsa'], config: [...config, 'LogLevel DEBUG1'] });
  onTestFinished(() => sshd.stop());
  return sshd;
}

function log(sshd: Sshd): string {
  return readFileSync(join(sshd.dir, 'log'), 'utf8');
}

/** What the latest connection agreed on, as sshd logs it. */
function agreed(sshd: Sshd): Record<string, string> {
  const last = (what: string) =>
    [...log(sshd).matchAll(new RegExp(`kex: ${what} (\\S+)`, 'g'))].at(-1)?.[1] ?? '';
  return {
    exchange: last('algorithm:'),
    hostKey: last('host key algorithm:'),
    cipher: last('client->server cipher:'),
    mac: last('client->server cipher: \\S+ MAC:'),
  };
}

describe('an sshd with all that OpenSSH offers', () => {
  let sshd: Sshd;

  beforeAll(async () => {
    const config = ['LogLevel DEBUG2', 'KexAlgorithms +diffie-hellman-group14-sha1', 'Ciphers +aes128-cbc'];
    sshd = await startSshd({
      hostKeys: ['ed25519', 'rsa'],
      config: [...config, 'HostKeyAlgorithms +ssh-rsa'],
    });
  });
  afterAll(() => sshd?.stop());

  it("is agreed with on OpenSSH's first choices", async () => {
    expect(await login(sshd)).toBe('root');
    expect(agreed(sshd)).toEqual({
      exchange: 'curve25519-sha256',
      hostKey: 'ssh-ed25519',
      cipher: 'chacha20-poly1305@openssh.com',
      mac: '<implicit>',
    });
  });

  it('is offered no SHA-1, no cipher in CBC mode and no compression', async () => {
    expect(await login(sshd)).toBe('root');
    const [offer = ''] = /peer client KEXINIT proposal[\s\S]*?languages/.exec(log(sshd)) ?? [];
    expect(offer).toContain('diffie-hellman-group14-sha256');
    expect(offer).not.toMatch(/sha1|ssh-rsa|ssh-dss|-cbc|md5|zlib|arcfour/);
  });
});

describe('an sshd that has only weak algorithms', () => {
  it.each<[what: string, config: string[], legacy: string[], agreedOn: Record<string, string>]>([
    ['a host key with SHA-1', ['HostKeyAlgorithms ssh-rsa'], ['ssh-rsa'], { hostKey: 'ssh-rsa' }],
    [
      'a key exchange with SHA-1',
      ['KexAlgorithms diffie-hellman-group14-sha1'],
      ['diffie-hellman-group14-sha1'],
      { exchange: 'diffie-hellman-group14-sha1' },
    ],
    [
      'the oldest key exchange',
      ['KexAlgorithms diffie-hellman-group1-sha1'],
      ['diffie-hellman-group1-sha1'],
      { exchange: 'diffie-hellman-group1-sha1' },
    ],
    ['a cipher in CBC mode', ['Ciphers aes128-cbc'], ['aes128-cbc'], { cipher: 'aes128-cbc' }],
    [
      'a MAC with SHA-1',
      ['Ciphers aes256-ctr', 'MACs hmac-sha1'],
      ['hmac-sha1'],
      { cipher: 'aes256-ctr', mac: 'hmac-sha1' },
    ],
    [
      'all of these',
      [
        'KexAlgorithms diffie-hellman-group14-sha1',
        'HostKeyAlgorithms ssh-rsa',
        'Ciphers 3des-cbc',
        'MACs hmac-sha1',
      ],
      ['diffie-hellman-group14-sha1', 'ssh-rsa', '3des-cbc', 'hmac-sha1'],
      { exchange: 'diffie-hellman-group14-sha1', hostKey: 'ssh-rsa', cipher: '3des-cbc', mac: 'hmac-sha1' },
    ],
  ])(
    '(%s) is refused with both lists, and let in by the field that the error names',
    async (_, config, legacy, agreedOn) => {
      const sshd = await sshdWith(...config);
      const error = await refusal(sshd);
      expect(error).toBeInstanceOf(UnreachableError);
      expect(error.message).toMatch(
        /^test-host \(127\.0\.0\.1:\d+\) has no algorithm in common with trueup\. /,
      );
      for (const name of legacy)
        expect(error.message).toMatch(new RegExp(`it offers ${name}; trueup offers \\w`));
      expect(error.advice).toContain(`legacyAlgorithms: ${legacy.join(',')}`);
      const named = error.advice?.split('legacyAlgorithms: ')[1]?.split(',') ?? [];
      expect(await login(sshd, { legacyAlgorithms: named })).toBe('root');
      expect(agreed(sshd)).toMatchObject(agreedOn);
    },
  );

  it('is refused behind a jump host as well', async () => {
    const [sshd, bastion] = [await sshdWith('HostKeyAlgorithms ssh-rsa'), await startSshd()];
    onTestFinished(() => bastion.stop());
    const jump = [bastion.host];
    const known = { knownHostsFiles: [join(sshd.dir, 'known_hosts'), join(bastion.dir, 'known_hosts')] };
    const error = await refusal(sshd, { jump }, known);
    expect(error.message).toContain('host key algorithm: it offers ssh-rsa; trueup offers rsa-sha2-512, ');
    expect(await login(sshd, { jump, legacyAlgorithms: ['ssh-rsa'] }, known)).toBe('root');
  });

  it('is a jump host by the field of the inventory', async () => {
    const [bastion, sshd] = [
      await sshdWith(
        'HostKeyAlgorithms ssh-rsa',
        'KexAlgorithms diffie-hellman-group14-sha1',
        'Ciphers aes128-cbc',
      ),
      await startSshd(),
    ];
    onTestFinished(() => sshd.stop());
    const known = { knownHostsFiles: [join(sshd.dir, 'known_hosts'), join(bastion.dir, 'known_hosts')] };
    const error = await refusal(sshd, { jump: [bastion.host] }, known);
    expect(error.message).toContain('no matching key exchange method');
    const legacyAlgorithms = ['ssh-rsa', 'diffie-hellman-group14-sha1', 'aes128-cbc'];
    expect(await login(sshd, { jump: [{ ...bastion.host, legacyAlgorithms }] }, known)).toBe('root');
  });

  it('is told of if trueup has none of them at all', async () => {
    const sshd = await sshdWith('KexAlgorithms sntrup761x25519-sha512@openssh.com');
    const error = await refusal(sshd);
    expect(error.message).toContain(
      'key exchange: it offers sntrup761x25519-sha512@openssh.com; trueup offers curve',
    );
    expect(error.advice).toMatch(/^trueup has none of these/);
  });
});

/** A first packet of a server, with these lists (RFC 4253, 7.1). */
function firstPacket(lists: readonly string[]): Buffer {
  const names = [...lists, '', ''].flatMap((list) => [uint32(list.length), Buffer.from(list, 'latin1')]);
  const payload = Buffer.concat([Buffer.from([20]), Buffer.alloc(16), ...names, Buffer.alloc(5)]);
  const padding = 4 + ((16 - ((payload.length + 9) % 8)) % 8);
  return Buffer.concat([
    uint32(payload.length + padding + 1),
    Buffer.from([padding]),
    payload,
    Buffer.alloc(padding),
  ]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

it('a host that offers thousands of algorithms, or one that would steer the terminal, has few of them shown', async () => {
  const many = Array.from({ length: 2000 }, (_, index) => `weird-${index}`);
  const exchange = ['\x1b[2Jgone', 'x'.repeat(70), ...many].join(',');
  const rest = [
    'ssh-ed25519',
    ...Array(2).fill('aes256-ctr'),
    ...Array(2).fill('hmac-sha2-256'),
    'none',
    'none',
  ];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(Buffer.concat([Buffer.from('SSH-2.0-hostile\r\n'), firstPacket([exchange, ...rest])]));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const known = { knownHostsFiles: [], acceptInto: '/nonexistent', agent: '', defaultKeys: [] };
  const host: Host = {
    name: 'h',
    address: '127.0.0.1',
    port,
    user: 'root',
    hostKeys: 'strict',
    groups: [],
    vars: {},
  };
  const error = await connect(host, known).catch((caught: Error) => caught);
  const [, offered = ''] = /key exchange: it offers (.*?); trueup offers/.exec(String(error)) ?? [];
  expect(offered).toMatch(/^weird-0, weird-1, .*weird-15 and 1984 more$/);
  expect(String(error)).not.toMatch(/gone|xxx|\x1b/);
});

describe("a user's RSA key", () => {
  let folder: Sshd;

  beforeAll(async () => {
    folder = await startSshd({ config: ['PubkeyAcceptedAlgorithms rsa-sha2-256'] });
    makeKey(folder.dir, 'user_rsa');
    appendFileSync(join(folder.dir, 'id.pub'), readFileSync(join(folder.dir, 'user_rsa.pub')));
  });
  afterAll(() => folder?.stop());

  /** How to log in with it alone. */
  async function sourceOf(kind: string): Promise<[host: Host, options: { agent: string }]> {
    const { identityFile: _, ...host } = folder.host;
    const key = join(folder.dir, 'user_rsa');
    if (kind === 'its file') return [{ ...host, identityFile: key }, { agent: '' }];
    const socket = join(folder.dir, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    onTestFinished(async () => void (agent.kill() && (await once(agent, 'exit'))));
    while (!existsSync(socket)) await sleep(10);
    execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    return [host, { agent: socket }];
  }

  it.each(['its file', 'an agent'])('of %s signs with SHA-256', async (kind) => {
    const [host, options] = await sourceOf(kind);
    expect(await login({ ...folder, host }, {}, options)).toBe('root');
  });

  it.each(['its file', 'an agent'])(
    'of %s signs for an old sshd only where that allows SHA-1',
    async (kind) => {
      const hostKey = newHostKey();
      const server = await startRecordingServer({ hostKey: () => hostKey, isOld: true });
      onTestFinished(() => server.stop());
      const [own, options] = await sourceOf(kind);
      const host: Host = { ...own, port: server.port, hostKeys: 'accept-new' };
      const offered = () => server.offered.map(({ key }) => `${key?.hash} ${key?.signature}`);
      await refusal({ ...folder, host }, {}, options);
      expect(offered()).toEqual(['sha256 none', 'sha256 right']);
      await refusal({ ...folder, host }, { legacyAlgorithms: ['ssh-rsa'] }, options);
      expect(offered().slice(2)).toEqual(['sha1 none', 'sha1 right']);
    },
  );
});
