import { execFileSync } from 'node:child_process';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import type { Host } from '../../src/model/index.ts';
import { projectFolder } from '../project-folder.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const CONFIG = `
Host web-01
  HostName 192.0.2.61
  User ops
  Port 2222
  IdentityFile ~/.ssh/%h_%r
  IdentityFile "/keys/with a space"
  CertificateFile /keys/%h-cert.pub
  HostKeyAlias web.example
  UserKnownHostsFile /known/%h "/known/second file"
  IdentityAgent none
  IdentitiesOnly yes
  ConnectTimeout 7
Host inner
  ProxyJump ops@bastion:2222,web-01
Host tunnelled
  ProxyCommand nc -X 5 -x proxy:1080 %h %p # %r %n 100%%
Host by-w
  ProxyCommand ssh -W [%h]:%p -q bastion
Host trusting
  StrictHostKeyChecking no
Match host 10.* user root
  ProxyJump for-root
Include more
`;

/** The hosts of an inventory in a project that has this configuration of ssh at hand as `config`. */
async function hosts(yaml: string, config = CONFIG): Promise<Record<string, Host>> {
  const root = projectFolder({ 'hosts.yml': yaml, config });
  const inventory = await loadInventory(join(root, 'hosts.yml'));
  return Object.fromEntries(inventory.hosts.map((host) => [host.name, host]));
}

const all = (rest: string) => `all: { vars: { sshArgs: -F config }, ${rest} }`;

describe("ssh's configuration", () => {
  it('says what the inventory does not, as ssh -G does', async () => {
    const { 'web-01': host } = await hosts(all('hosts: { web-01: }'));
    expect(host).toMatchObject({ address: '192.0.2.61', port: 2222, user: 'ops', connectTimeout: 7 });
    expect(host?.ssh).toMatchObject({
      destination: 'web-01',
      identityFiles: [join(homedir(), '.ssh/192.0.2.61_ops'), '/keys/with a space'],
      certificateFiles: ['/keys/192.0.2.61-cert.pub'],
      identitiesOnly: true,
      identityAgent: 'none',
      hostKeyAlias: 'web.example',
      knownHostsFiles: [
        '/known/192.0.2.61',
        '/known/second file',
        '/etc/ssh/ssh_known_hosts',
        '/etc/ssh/ssh_known_hosts2',
      ],
    });
    expect(host?.jump).toBeUndefined();
  });

  it('gives way to what the inventory says', async () => {
    const vars = 'port: 22, user: root, identityFile: /own, hostKeys: strict, connectTimeout: 3, jump: none';
    const {
      'web-01': host,
      inner,
      trusting,
    } = await hosts(
      all(`hosts: { web-01: { ${vars} }, inner: { jump: none }, trusting: { hostKeys: strict } }`),
    );
    expect(host).toMatchObject({ port: 22, user: 'root', identityFile: '/own', connectTimeout: 3 });
    expect(inner?.jump).toBeUndefined();
    expect(trusting?.hostKeys).toBe('strict');
  });

  it('is asked about the address that the inventory gives: a name of its own is a matter of the inventory', async () => {
    const { 'web-01': own, a } = await hosts(
      all('hosts: { web-01: { address: 10.0.0.1 }, a: { address: web-01 } }'),
    );
    expect(own).toMatchObject({ address: '10.0.0.1', port: 22, user: userInfo().username });
    expect(a).toMatchObject({ address: '192.0.2.61', port: 2222, ssh: { destination: 'web-01' } });
  });

  it('hears what the inventory says, for its Match lines', async () => {
    const { a, b } = await hosts(
      all('hosts: { a: { address: 10.0.0.1, user: root }, b: { address: 10.0.0.1, user: x } }'),
    );
    expect([a?.jump, b?.jump]).toEqual([['for-root'], undefined]);
  });

  it('tells the way: jump hosts, or a command with its tokens replaced', async () => {
    const {
      inner,
      tunnelled,
      'by-w': byW,
    } = await hosts(all('hosts: { inner: , tunnelled: { user: me }, by-w: }'));
    expect(inner?.jump).toEqual(['ops@bastion:2222', 'web-01']);
    expect(tunnelled?.proxyCommand).toBe('nc -X 5 -x proxy:1080 tunnelled 22 # me tunnelled 100%');
    expect(byW).toMatchObject({ jump: ['bastion'] });
    expect(byW?.proxyCommand).toBeUndefined();
  });

  it('that would take any key makes us keep the first one, and no other', async () => {
    const { trusting, a } = await hosts(all('hosts: { trusting: , a: }'));
    expect([trusting?.hostKeys, a?.hostKeys]).toEqual(['accept-new', 'strict']);
  });

  it('is not asked for where there is none', async () => {
    vi.stubEnv('HOME', projectFolder({}));
    vi.stubEnv('PATH', '/nowhere');
    const { a } = await hosts('all: { hosts: { a: } }');
    expect(a).toMatchObject({ address: 'a', port: 22 });
    expect(a?.ssh).toBeUndefined();
  });

  it('is that of the home folder', async () => {
    const home = projectFolder({ '.ssh/config': 'Host a\n  HostName 192.0.2.1\n' });
    vi.stubEnv('HOME', home);
    const { a } = await hosts('all: { hosts: { a: } }');
    expect(a).toMatchObject({ address: '192.0.2.1', ssh: { config: join(home, '.ssh/config') } });
  });

  it.each([
    ['a wrong line', 'Host a\n  Nonsense yes\n', /config: line 2: Bad configuration option: nonsense/],
    ['a port that is none', 'Host a\n  Port x\n', /config line 2: Bad port/],
    [
      'a socket that is handed over',
      'Host a\n  ProxyCommand x\n  ProxyUseFdpass yes\n',
      /ProxyUseFdpass, which ssh has for a/,
    ],
  ])('with %s is refused, in the words of ssh where it says so', async (_, config, message) => {
    await expect(hosts(all('hosts: { a: }'), config)).rejects.toThrow(message);
  });

  it('without an ssh to read it says so', async () => {
    vi.stubEnv('PATH', '/nowhere');
    await expect(hosts(all('hosts: { a: }'))).rejects.toThrow('there is no ssh to ask');
  });
});

describe('options of ssh in the inventory', () => {
  it.each<[string, Partial<Host>]>([
    ['-J me@b', { jump: ['me@b'] }],
    ["-o 'ProxyJump=b'", { jump: ['b'] }],
    ['-oProxyJump=b', { jump: ['b'] }],
    ['-o ProxyCommand="ssh -W %h:%p -q me@bastion"', { jump: ['me@bastion'] }],
    ['-o ProxyCommand="nc -X 5 %h %p"', { proxyCommand: 'nc -X 5 192.0.2.1 22' }],
    ['-o ProxyCommand="ssh -W %h:%p -i key bastion"', { proxyCommand: 'ssh -W 192.0.2.1:22 -i key bastion' }],
    ['-o StrictHostKeyChecking=no -o ControlMaster=auto -o ControlPersist=60s', { hostKeys: 'accept-new' }],
    ['-J bastion -o Compression=yes', { jump: ['bastion'] }],
  ])('%s', async (args, expected) => {
    vi.stubEnv('HOME', projectFolder({}));
    const vars = `{ address: 192.0.2.1, ansible_ssh_common_args: ${JSON.stringify(args)} }`;
    const { a } = await hosts(`all: { hosts: { a: ${vars} } }`);
    expect(a).toMatchObject(expected);
  });
});

describe('jump', () => {
  it('that names a host of the inventory leads through it, and by its own way; there it has no effect', async () => {
    const { bastion, inner, web } = await hosts(
      `all:
        vars: { jump: bastion }
        hosts:
          bastion: { address: 192.0.2.9, port: 2222, user: hop, identityFile: /hop }
          inner: { address: 10.0.0.1 }
          web: { jump: "me@outer,inner" }`,
    );
    expect(bastion?.jump).toBeUndefined();
    expect(inner?.jump).toEqual([bastion]);
    expect(web?.jump).toEqual(['me@outer', inner]);
  });
});

it('ssh agrees with what is taken from it', async () => {
  const root = projectFolder({
    'hosts.yml': all('hosts: { web-01: , inner: { port: 99 } }'),
    config: CONFIG,
  });
  const { hosts: loaded } = await loadInventory(join(root, 'hosts.yml'));
  for (const { name, address, port, user } of loaded) {
    const own = name === 'inner' ? ['-p', '99'] : [];
    const said = execFileSync('ssh', ['-G', '-T', '-F', join(root, 'config'), ...own, name], {
      encoding: 'utf8',
    });
    const value = (keyword: string) => new RegExp(`^${keyword} (.*)$`, 'm').exec(said)?.[1];
    expect([address, String(port), user]).toEqual([value('hostname'), value('port'), value('user')]);
  }
});
