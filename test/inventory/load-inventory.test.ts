import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadInventory } from '../../src/inventory/load-inventory.ts';
import { InputError } from '../../src/model/index.ts';
import { projectFolder } from '../project-folder.ts';

function load(files: string | Readonly<Record<string, string>>) {
  const root = projectFolder(typeof files === 'string' ? { 'inventory/lab.yml': files } : files);
  const inventory = loadInventory(join(root, 'inventory/lab.yml'));
  // Some tests want the folder only, which is gone at their end.
  inventory.catch(() => {});
  return { root, inventory };
}

const LAB = `
all:
  vars: { user: root, site: home }
  children:
    loadbalancers:
      hosts:
        lb-01: { address: 10.0.0.11 }
        lb-02:
    webservers:
      vars: { site: web }
      hosts:
        nginx-[01:02]: { port: 2222 }
      children:
        canary:
          hosts: { nginx-02: { color: yellow } }
edge:
  hosts:
    lb-02: { sudo: true, hostKeys: accept-new }
`;

describe('loadInventory', () => {
  it('reads hosts in the order of the file, with their groups and vars', async () => {
    const { hosts } = await load(LAB).inventory;
    const plain = { port: 22, user: 'root', hostKeys: 'strict' };
    expect(hosts).toEqual([
      { ...plain, name: 'lb-01', address: '10.0.0.11', groups: ['loadbalancers'], vars: { site: 'home' } },
      {
        ...plain,
        name: 'lb-02',
        address: 'lb-02',
        hostKeys: 'accept-new',
        groups: ['edge', 'loadbalancers'],
        vars: { site: 'home' },
      },
      {
        ...plain,
        name: 'nginx-01',
        address: 'nginx-01',
        port: 2222,
        groups: ['webservers'],
        vars: { site: 'web' },
      },
      {
        ...plain,
        name: 'nginx-02',
        address: 'nginx-02',
        port: 2222,
        groups: ['webservers', 'canary'],
        vars: { site: 'web', color: 'yellow' },
      },
    ]);
  });

  it('knows the hosts of each group, those of child groups too', async () => {
    const { groups } = await load(LAB).inventory;
    expect(
      Object.fromEntries([...groups].map(([name, hosts]) => [name, hosts.map((host) => host.name)])),
    ).toEqual({
      all: ['lb-01', 'lb-02', 'nginx-01', 'nginx-02'],
      loadbalancers: ['lb-01', 'lb-02'],
      webservers: ['nginx-01', 'nginx-02'],
      canary: ['nginx-02'],
      edge: ['lb-02'],
    });
  });

  it('tells all that a host was given for a var, the value in force first', async () => {
    const { root, inventory } = load({
      'inventory/lab.yml': 'all:\n  vars: { v: 1, user: a }\n  hosts:\n    h: { v: 3, ansible_user: b }\n',
      'inventory/group_vars/all.yml': 'v: 2\n',
    });
    const { originsOf } = await inventory;
    const at = (file: string, line: number, column: number) => ({ file: join(root, file), line, column });
    expect(originsOf('h', 'v')).toEqual([
      { value: 3, place: at('inventory/lab.yml', 4, 10) },
      { value: 2, place: at('inventory/group_vars/all.yml', 1, 1) },
      { value: 1, place: at('inventory/lab.yml', 2, 11) },
    ]);
    expect(originsOf('h', 'user').map(({ value }) => value)).toEqual(['b', 'a']);
    expect(originsOf('h', 'w')).toEqual([]);
  });

  it('knows the jump hosts, and a host that goes without', async () => {
    const yaml = 'all: { vars: { ansible_ssh_common_args: -J me@b }, hosts: { a: , c: { jump: none } } }';
    const { hosts } = await load(yaml).inventory;
    expect(hosts.map(({ jump }) => jump)).toEqual([['me@b'], undefined]);
  });

  it('knows the weak algorithms that a host allows, and a host of its group that allows none', async () => {
    const { hosts } = await load(`all:
  vars: { legacyAlgorithms: "ssh-rsa, hmac-sha1" }
  hosts: { old: , new: { legacyAlgorithms: none } }
`).inventory;
    expect(hosts.map((host) => host.legacyAlgorithms)).toEqual([['ssh-rsa', 'hmac-sha1'], undefined]);
  });

  it('takes the local user where none is named', async () => {
    const { hosts } = await load('all: { hosts: { a: } }').inventory;
    expect(hosts[0]?.user).toBe(userInfo().username);
  });

  it.each([
    ['keys/id', '{root}/keys/id'],
    ['/etc/id', '/etc/id'],
    ['~/.ssh/id', join(homedir(), '.ssh/id')],
    ['~other/id', '{root}/~other/id'],
  ])('identityFile %s is %s', async (identityFile, expected) => {
    const { root, inventory } = load(`all: { vars: { identityFile: "${identityFile}" }, hosts: { a: } }`);
    expect((await inventory).hosts[0]?.identityFile).toBe(expected.replace('{root}', root));
  });

  it.each([
    'ansible_host: 10.0.0.1, ansible_port: 22022, ansible_user: ops, ansible_ssh_private_key_file: /k, ansible_become: yes',
    'ansible_ssh_host: 10.0.0.1, ansible_ssh_port: 22022, ansible_ssh_user: ops, ansible_private_key_file: /k',
    'address: 10.0.0.1, port: 22022, user: ops, identityFile: /k, sudo: false',
  ])('connects by { %s }', async (vars) => {
    const { hosts } = await load(`all: { hosts: { a: { ${vars} } } }`).inventory;
    expect(hosts).toEqual([
      {
        name: 'a',
        address: '10.0.0.1',
        port: 22022,
        user: 'ops',
        identityFile: '/k',
        hostKeys: 'strict',
        groups: [],
        vars: {},
      },
    ]);
  });

  it.each([
    ['', []],
    ['all:', []],
    ['{}', []],
    ['all: { hosts: }', []],
    ['web: { hosts: { a: } }\ndb: { hosts: { b:, a: } }', ['a', 'b']],
    [
      'all: { hosts: { "web[8:10].x": , "db-[a:e:2]": , "r[1:2]s[01:02]": } }',
      ['web8.x', 'web9.x', 'web10.x', 'db-a', 'db-c', 'db-e', 'r1s01', 'r1s02', 'r2s01', 'r2s02'],
    ],
  ])('%j holds the hosts %j', async (text, names) => {
    expect((await load(text).inventory).hosts.map(({ name }) => name)).toEqual(names);
  });
});

describe('precedence', () => {
  const inline = `
all:
  vars: { v: all inline }
  children:
    parent:
      vars: { v: parent inline }
      children:
        child:
          vars: { v: child inline }
          hosts: { h: { v: host inline } }
`;
  const files: [name: string, value: string][] = [
    ['group_vars/all.yml', 'all file'],
    ['group_vars/parent.yml', 'parent file'],
    ['group_vars/child.yml', 'child file'],
    ['host_vars/h.yml', 'host file'],
  ];
  it.each([
    ['all inline', 0, 0],
    ['all file', 0, 1],
    ['parent inline', 1, 1],
    ['parent file', 1, 2],
    ['child inline', 2, 2],
    ['child file', 2, 3],
    ['host inline', 3, 3],
    ['host file', 3, 4],
  ])('%s goes before all that is further out', async (winner, depth, count) => {
    const levels = ['all', 'parent', 'child', 'host'];
    const without = levels
      .slice(depth + 1)
      .reduce((text, level) => text.replace(`v: ${level} inline`, ''), inline);
    const beside = files
      .slice(0, count)
      .map(([name, value]) => [`inventory/${name}`, `v: ${value}`] as const);
    const { root, inventory } = load({ 'inventory/lab.yml': without, ...Object.fromEntries(beside) });
    const { hosts, placeOf } = await inventory;
    expect(hosts[0]?.vars).toEqual({ v: winner });
    const file = winner.endsWith('inline') ? 'lab.yml' : files[count - 1]?.[0];
    expect(placeOf('h', 'v')?.file).toBe(join(root, 'inventory', String(file)));
  });

  it('goes by the longest way down, then by name', async () => {
    const { inventory } = load(`
z: { vars: { v: z, w: z }, hosts: { h: } }
a: { vars: { v: a }, hosts: { h: } }
deep: { children: { a: } }
`);
    expect((await inventory).hosts[0]).toMatchObject({
      vars: { v: 'a', w: 'z' },
      groups: ['deep', 'z', 'a'],
    });
  });

  it('takes both names of a connection key for one', async () => {
    const { inventory } = load(
      'all: { vars: { ansible_user: far, port: 1 }, hosts: { h: { user: near, ansible_port: 2 } } }',
    );
    expect((await inventory).hosts[0]).toMatchObject({ user: 'near', port: 2, vars: {} });
    const over = load(
      'all: { vars: { user: a } }\nweb: { vars: { ansible_user: b }, hosts: { h: { user: c } } }',
    );
    expect((await over.inventory).hosts[0]?.user).toBe('c');
  });

  it('reads files of any usual ending and whole folders', async () => {
    const { inventory } = load({
      'inventory/lab.yml': 'web: { hosts: { h: } }',
      'inventory/group_vars/all': 'a: 1',
      'inventory/group_vars/web/one.yml': 'b: 1\nc: 1',
      'inventory/group_vars/web/sub/two.yaml': 'c: 2',
      'inventory/group_vars/web/.hidden.yml': 'h: 3',
      'inventory/group_vars/web/note.txt': 'n: 4',
      'inventory/host_vars/h.json': '{ "d": [1] }',
      'inventory/group_vars/other.yml': 'e: 1',
      'inventory/group_vars/empty.yml': '',
    });
    expect((await inventory).hosts[0]?.vars).toEqual({ a: 1, b: 1, c: 2, d: [1] });
  });

  it('follows anchors and merge keys', async () => {
    const { inventory } = load(
      'x: { vars: &x { a: 1, b: 1 } }\ny: { hosts: { h: { <<: *x, b: 2 }, i: *x } }',
    );
    const { hosts, placeOf } = await inventory;
    expect(hosts.map(({ vars }) => vars)).toEqual([
      { a: 1, b: 2 },
      { a: 1, b: 1 },
    ]);
    expect(placeOf('h', 'a')).toMatchObject({ line: 2 });
  });
});

describe('a mistake in an inventory', () => {
  it.each<[text: string, at: string, message: string]>([
    ['all:\n  hosts: [a, b]', '2:10', 'expected hosts, each as `NAME:` with its vars, found a list'],
    ['all:\n  hosts: lb-01', '2:10', 'expected hosts, each as `NAME:` with its vars, found the text "lb-01"'],
    ['all:\n  hosts:\n    a: 10.0.0.1', '3:8', 'expected vars of host a, found the text "10.0.0.1"'],
    ['all:\n  vars: 1', '2:9', 'expected vars of group all, found the number 1'],
    ['all:\n  children: [web]', '2:13', 'expected groups, each as `NAME:`, found a list'],
    ['all: true', '1:6', 'expected hosts, vars or children of group all, found the boolean true'],
    ['- a', '1:1', 'expected groups, such as all:, found a list'],
    [
      'all:\n  childern: {}',
      '2:3',
      'group all: expected hosts, vars or children, found `childern`: did you mean `children`?',
    ],
    ['all:\n  lb-01: {}', '2:3', 'group all: expected hosts, vars or children, found `lb-01`'],
    ['hosts:\n  a:', '1:1', '`hosts` belongs into a group'],
    ['all:\n  hosts:\n    a:\n    b:\n    a:', '5:5', 'the key `a` is in this mapping twice'],
    ['all:\n  hosts:\n    a: 1\n    # other\n    a: 2', '5:5', 'the key `a` is in this mapping twice'],
    ['all: {hosts: {a: {x: 1,\n x: 2}}}', '2:2', 'the key `x` is in this mapping twice'],
    ['all:\n  hosts: {', '2:11', 'not YAML: Flow map'],
    ['all:\n\thosts:', '2:1', 'not YAML: Tabs are not allowed as indentation'],
    ['# ours\n[webservers]\nweb1 ansible_host=10.0.0.1', '3:1', 'expected YAML, found what looks like INI'],
    ['all: {}\n---\nall: {}', '2:1', 'not YAML: Source contains multiple documents'],
    ['all:\n  vars: { pass: !vault "x" }', '2:17', 'ansible-vault is not read here'],
    ['all:\n  vars: { a: *nothing }', '2:14', 'there is no anchor &nothing before this'],
    ['all: &x\n  children: { a: *x }', '2:18', '&x contains itself'],
    ['all:\n  vars:\n    __proto__: { a: 1 }', '3:5', '`__proto__` cannot be a key'],
    ['all:\n  vars: { a: { deep: [{ __proto__: 1 }] } }', '2:25', '`__proto__` cannot be a key'],
    ['all:\n  vars: { ? [a] : 1 }', '2:13', 'expected a text as key'],
    [
      'all: { hosts: { "a b": } }',
      '1:17',
      'expected a name without spaces and without , ! & * ? /, found the text "a b"',
    ],
    [
      '"a,b": { hosts: }',
      '1:1',
      'expected a name without spaces and without , ! & * ? /, found the text "a,b"',
    ],
    [
      'all: { hosts: { "a[1-3]": } }',
      '1:17',
      'expected a range such as [01:20] or [a:f] in the name, found a[1-3]',
    ],
    [
      'all: { hosts: { "a[3:1]": } }',
      '1:17',
      'expected a range such as [01:20] or [a:f] in the name, found a[3:1]',
    ],
    ['all: { hosts: { "a[1:99999]": } }', '1:17', 'a[1:99999] is 99,999 hosts: an inventory may have 10,000'],
    [
      'all: { hosts: { "a[x:10]": } }',
      '1:17',
      'expected a range such as [01:20] or [a:f] in the name, found a[x:10]',
    ],
    ['a: { children: { b: } }\nb: { children: { a: } }', '2:18', 'group a contains itself: all → a → b → a'],
    ['a:\n  children: { a: }', '2:15', 'group a contains itself: all → a → a'],
    ['web: { children: { all: } }', '1:20', 'group all contains itself: all → web → all'],
    [
      'all: { hosts: { a: { address: 10.5 } } }',
      '1:22',
      'address: expected a name or an IP address, found the number 10.5',
    ],
    [
      'all: { hosts: { a: { address: 10.71.0.610 } } }',
      '1:22',
      'address: expected a name or an IP address, found the text "10.71.0.610"',
    ],
    [
      'all: { hosts: { a: { ansible_host: } } }',
      '1:22',
      'ansible_host: expected a name or an IP address, found nothing',
    ],
    [
      'all: { hosts: { a: { user: "" } } }',
      '1:22',
      'user: expected a text without hidden characters, found the text ""',
    ],
    [
      'all: { hosts: { a: { identityFile: [k] } } }',
      '1:22',
      'identityFile: expected a text without hidden characters, found a list',
    ],
    [
      'all: { hosts: { a: { port: "22" } } }',
      '1:22',
      'port: expected a port number, 1 to 65535, found the text "22"',
    ],
    [
      'all: { hosts: { a: { port: 65536 } } }',
      '1:22',
      'port: expected a port number, 1 to 65535, found the number 65536',
    ],
    [
      'all: { hosts: { a: { ansible_port: 2.5 } } }',
      '1:22',
      'ansible_port: expected a port number, 1 to 65535, found the number 2.5',
    ],
    [
      'all: { vars: { hostKeys: none } }',
      '1:16',
      'hostKeys: expected `strict` or `accept-new`, found the text "none"',
    ],
    [
      'all: { vars: { legacyAlgorithms: "ssh-rsa,ssh-rss" } }',
      '1:16',
      'legacyAlgorithms: expected `none`, or names separated by commas, of diffie-hellman-group-exchange-sha1, ' +
        'diffie-hellman-group14-sha1, diffie-hellman-group1-sha1, ssh-rsa, aes256-cbc, aes192-cbc, aes128-cbc, ' +
        '3des-cbc, hmac-sha1-etm@openssh.com, hmac-sha1, hmac-sha1-96, found the text "ssh-rsa,ssh-rss"',
    ],
    [
      'all: { vars: { ansible_become_password: hunter2 } }',
      '1:16',
      'ansible_become_password: a password does not belong in an inventory',
    ],
    [
      'all: { hosts: { a: { password: hunter2 } } }',
      '1:22',
      'password: a password does not belong in an inventory',
    ],
    [
      'all: { hosts: { a: { sudoPassword: hunter2 } } }',
      '1:22',
      'sudoPassword: a password does not belong in an inventory',
    ],
    [
      'all: { vars: { ansible_ssh_common_args: "bastion" } }',
      '1:16',
      'ansible_ssh_common_args: expected options of ssh, such as -o ProxyCommand="…" or -F FILE, found the text "bastion"',
    ],
    [
      'all: { vars: { jump: "-J bastion" } }',
      '1:16',
      'jump: expected hosts as `ssh -J` takes them, such as user@bastion:22, found the text "-J bastion"',
    ],
    [
      `all: { vars: { sshArgs: "-o 'open" } }`,
      '1:16',
      `sshArgs: expected options of ssh, such as -o ProxyCommand="…" or -F FILE, found the text "-o 'open"`,
    ],
    [
      'all: { vars: { sshArgs: "-o Nonsense=1" }, hosts: { a: } }',
      '1:16',
      'what ssh makes of its options for a cannot be read: command-line: line 0: Bad configuration option: nonsense',
    ],
    [
      'all: { vars: { sshArgs: "-q b" }, hosts: { a: } }',
      '1:16',
      'what ssh makes of its options for a cannot be read: a word of them is no option',
    ],
    [
      'all: { hosts: { a: { jump: b }, b: { jump: c }, c: { jump: "x,a" } } }',
      '1:54',
      'jump runs in a circle: a → b → c → a',
    ],
    [
      'all: { vars: { ansible_timeout: 0 } }',
      '1:16',
      'ansible_timeout: expected seconds, 1 to 600, found the number 0',
    ],
    ['all: { vars: { sudo: 1 } }', '1:16', 'sudo: expected true or false, found the number 1'],
    [
      'a: { hosts: { h: { port: 1 } } }\nb: { hosts: { h: { ansible_port: 2 } } }',
      '2:20',
      'host h: ansible_port is 2 here, but port is 1 in line 1',
    ],
    [
      'a: { hosts: { h: { user: x, ansible_user: y } } }',
      '1:29',
      'host h: ansible_user is y here, but user is x in line 1',
    ],
  ])('%j', async (text, at, message) => {
    const { root, inventory } = load(text);
    const error = await inventory.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toContain(`InputError: ${join(root, 'inventory/lab.yml')}:${at}: ${message}`);
    if (!message.endsWith('map') && !message.includes('documents')) {
      expect(String(error).endsWith(message)).toBe(true);
    }
  });

  it('names the file beside the inventory if it is there', async () => {
    const { root, inventory } = load({
      'inventory/lab.yml': 'web: { hosts: { h: } }',
      'inventory/group_vars/web.yml': '# web\n- a',
    });
    const place = join(root, 'inventory/group_vars/web.yml:2:1');
    await expect(inventory).rejects.toThrow(`${place}: expected vars, found a list`);
  });

  it('says what to do about numbers that shall be texts', async () => {
    const { inventory } = load('all: { hosts: { a: { address: 10.5 } } }');
    await expect(inventory).rejects.toMatchObject({
      advice: 'Quote it, or YAML reads it as something else.',
    });
  });

  it('says how to name another one', async () => {
    const loading = loadInventory(join(load('').root, 'nowhere/lab.yml'));
    await expect(loading).rejects.toMatchObject({ advice: expect.stringContaining('-i FILE') });
  });

  it.each([
    ['inventory/lba.yml', 'there is no inventory {root}/inventory/lba.yml: did you mean `lab.yml`?'],
    ['nowhere/lab.yml', 'there is no inventory {root}/nowhere/lab.yml'],
    ['inventory', '{root}/inventory is a folder: name the inventory file in it, such as lab.yml'],
  ])('%s', async (path, message) => {
    const { root } = load('');
    const loading = loadInventory(join(root, path));
    const said = { constructor: InputError, message: message.replaceAll('{root}', root) };
    await expect(loading).rejects.toMatchObject(said);
  });
});

describe('suspects', () => {
  it.each<[vars: string, declared: string[], suspects: [key: string, meant: string, column: number][]]>([
    ['adress: x', [], [['adress', 'address', 22]]],
    ['adress: x', ['adress'], []],
    ['address: x', [], []],
    [
      'prot: 1, usr: x',
      [],
      [
        ['prot', 'port', 22],
        ['usr', 'user', 31],
      ],
    ],
    ['ansible_hots: x', [], [['ansible_hots', 'ansible_host', 22]]],
    ['hostkeys: strict', [], [['hostkeys', 'hostKeys', 22]]],
    ['users: [a, b]', [], []],
    ['users: b', [], [['users', 'user', 22]]],
    ['maxconn: 1, ansible_python_interpreter: x, jump: y', [], []],
  ])('{ %s } with %j declared', async (vars, declared, expected) => {
    const { root, inventory } = load(`all: { hosts: { a: { ${vars} } } }`);
    const file = join(root, 'inventory/lab.yml');
    expect((await inventory).suspects(new Set(declared))).toEqual(
      expected.map(([key, meant, column]) => ({ key, meant, place: { file, line: 1, column } })),
    );
  });

  it('looks at vars of groups and files too', async () => {
    const { inventory } = load({
      'inventory/lab.yml': 'web: { vars: { adress: 1 }, hosts: { h: } }',
      'inventory/group_vars/web.yml': 'prot: 1',
      'inventory/host_vars/h.yml': 'usre: x',
    });
    expect((await inventory).suspects(new Set()).map(({ key }) => key)).toEqual(['adress', 'prot', 'usre']);
  });
});
