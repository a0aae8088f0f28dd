import type { Mistake } from '../mistaken-project.ts';

/** In the inventory, in .env, and in the keys. */
export const inventoryMistakes: readonly Mistake[] = [
  {
    name: 'a misspelt key of a host',
    files: {
      'inventory/hosts.yml': [
        [
          'address: 127.0.0.1, port: PORT }\n        web-02',
          'adress: 127.0.0.1, port: PORT }\n        web-02',
        ],
      ],
    },
    says: [
      'error: inventory/hosts.yml:7:19: unknown key `adress`: did you mean `address`?',
      '→ If it is a var, declare it in the vars of a play.',
    ],
  },
  {
    name: 'a misspelt field of a group',
    files: { 'inventory/hosts.yml': [['    web:\n      hosts', '    web:\n      hots']] },
    says: [
      'error: inventory/hosts.yml:6:7: group web: expected hosts, vars or children, found `hots`: did you mean `hosts`?',
    ],
  },
  {
    name: 'a misspelt key in group_vars',
    files: { 'inventory/group_vars/web.yml': 'usr: root\n' },
    says: [
      'error: inventory/group_vars/web.yml:1:1: unknown key `usr`: did you mean `user`?',
      '→ If it is a var, declare it in the vars of a play.',
    ],
  },
  {
    name: 'a misspelt var',
    files: { 'inventory/hosts.yml': [['greeting', 'greting']] },
    says: [
      'error: inventory/hosts.yml:3:5: host web-01 has no var `greeting`, which play Web needs (expected string, received undefined); it has `greting`: did you mean that?',
      '→ Set it in the inventory (vars of the host or of a group, such as group_vars/web.yml), or with -e greeting=…',
    ],
  },
  {
    name: 'a var of the wrong type',
    files: { 'inventory/hosts.yml': [['greeting: hello', 'greeting: hello\n    workers: many']] },
    says: [
      'error: inventory/hosts.yml:4:5: host web-01: var `workers`: expected number, received string, for play Web',
    ],
  },
  {
    name: 'a var of the wrong type at one host',
    files: {
      'inventory/hosts.yml': [
        ['port: PORT }\n        web-02', 'port: PORT, workers: many }\n        web-02'],
      ],
    },
    says: [
      'error: inventory/hosts.yml:7:52: host web-01: var `workers`: expected number, received string, for play Web',
    ],
  },
  {
    name: 'a var of the wrong type in group_vars',
    files: { 'inventory/group_vars/web.yml': 'a: 1\nworkers: many\n' },
    says: [
      'error: inventory/group_vars/web.yml:2:1: host web-01: var `workers`: expected number, received string, for play Web',
    ],
  },
  {
    name: 'a wrong type inside of a var',
    files: {
      'playbooks/site.ts': [
        ['workers: z.number().default(1)', 'pool: z.array(z.object({ ip: z.string() }))'],
      ],
      'inventory/group_vars/web.yml': 'pool:\n  - { ip: 10.0.0.1 }\n  - ip: 1.10\n',
    },
    says: [
      'error: inventory/group_vars/web.yml:1:1: host web-01: var `pool.1.ip`: expected string, received number, for play Web',
      '→ Quote it: YAML reads it as something else.',
    ],
  },
  {
    name: 'a misspelt key inside of a var',
    files: {
      'playbooks/site.ts': [['workers: z.number().default(1)', 'pool: z.strictObject({ size: z.number() })']],
      'inventory/group_vars/web.yml': 'pool:\n  sise: 3\n',
    },
    says: [
      'error: inventory/group_vars/web.yml:1:1: host web-01: var `pool`: unknown field `sise`: did you mean `size`?, for play Web',
    ],
  },
  {
    name: 'a missing var',
    files: { 'inventory/hosts.yml': [['  vars:\n    greeting: hello\n', '']] },
    says: [
      'error: inventory/hosts.yml:5:19: host web-01 has no var `greeting`, which play Web needs (expected string, received undefined)',
      '→ Set it in the inventory (vars of the host or of a group, such as group_vars/web.yml), or with -e greeting=…',
    ],
  },
  {
    name: 'YAML: a bracket that is not closed',
    files: { 'inventory/hosts.yml': [['hosts:\n        web-01: {', 'hosts:\n        web-01: [']] },
    says: [
      'error: inventory/hosts.yml:7:51: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      '→ Is a bracket not closed, or a line indented otherwise than those beside it?',
    ],
  },
  {
    name: 'YAML: a tab',
    files: { 'inventory/hosts.yml': [['    db:', '\tdb:']] },
    says: [
      'error: inventory/hosts.yml:9:1: not YAML: Tabs are not allowed as indentation',
      '→ Indent with spaces.',
    ],
  },
  {
    name: 'YAML: a wrong indentation',
    files: { 'inventory/hosts.yml': [['    db:', '   db:']] },
    says: [
      'error: inventory/hosts.yml:9:1: not YAML: All mapping items must start at the same column',
      '→ Is a bracket not closed, or a line indented otherwise than those beside it?',
    ],
  },
  {
    name: 'YAML: a quote that is not closed',
    files: { 'inventory/hosts.yml': [['hello', '"hello']] },
    says: ['error: inventory/hosts.yml:3:15: not YAML: Missing closing "quote'],
  },
  {
    name: 'YAML: a colon in a text',
    files: { 'inventory/hosts.yml': [['hello', 'a: b']] },
    says: [
      'error: inventory/hosts.yml:3:15: not YAML: Nested mappings are not allowed in compact mappings',
      '→ A text that holds `: ` needs quotes; or the next line is indented too far.',
    ],
  },
  {
    name: 'a list for a mapping',
    files: { 'inventory/hosts.yml': '- a\n- b\n' },
    says: ['error: inventory/hosts.yml:1:1: expected groups, such as all:, found a list'],
  },
  {
    name: 'an empty inventory',
    files: { 'inventory/hosts.yml': '' },
    says: [
      'error: inventory/hosts.yml:1:1: there is no host in this inventory',
      '→ Write: all: → children: → GROUP: → hosts: → HOST: { address: … }.',
    ],
  },
  {
    name: 'a duplicate var',
    files: { 'inventory/hosts.yml': [['    greeting: hello', '    greeting: hello\n    greeting: bye']] },
    says: ['error: inventory/hosts.yml:4:5: the key `greeting` is in this mapping twice'],
  },
  {
    name: 'a duplicate host',
    files: { 'inventory/hosts.yml': [['web-02', 'web-01']] },
    says: ['error: inventory/hosts.yml:8:9: the key `web-01` is in this mapping twice'],
  },
  {
    name: 'a duplicate key in group_vars',
    files: { 'inventory/group_vars/web.yml': 'workers: 1\n# x\nworkers: 2\n' },
    says: ['error: inventory/group_vars/web.yml:3:1: the key `workers` is in this mapping twice'],
  },
  {
    name: 'a YAML number for a mode',
    files: {
      'playbooks/site.ts': [
        ['greeting: z.string()', 'greeting: z.string(), mode: z.string()'],
        ['content:', 'mode: vars.mode, content:'],
      ],
      'inventory/group_vars/web.yml': 'mode: 0644\n',
    },
    says: [
      'error: inventory/group_vars/web.yml:1:1: host web-01: var `mode`: expected string, received number, for play Web',
      '→ Quote it: YAML reads it as something else.',
    ],
  },
  {
    name: 'two names for one host',
    files: { 'inventory/hosts.yml': [['web-02: { address: 127.0.0.2', 'web-02: { address: 127.0.0.1']] },
    says: [
      'error: inventory/hosts.yml:8:19: web-01 and web-02 are one host: both have the address 127.0.0.1',
      '→ Keep one of them, or take one with --limit: web-01 and web-02 would be changed at once.',
    ],
  },
  {
    name: 'an address that is none',
    files: { 'inventory/hosts.yml': [['web-02: { address: 127.0.0.2', 'web-02: { address: 127.0.0.256']] },
    says: [
      'error: inventory/hosts.yml:8:19: address: expected a name or an IP address, found the text "127.0.0.256"',
    ],
  },
  {
    name: 'an address with a port',
    files: { 'inventory/hosts.yml': [['address: 127.0.0.2', 'address: 127.0.0.2:2222']] },
    says: [
      'error: inventory/hosts.yml:8:19: address: expected a name or an IP address, found the text "127.0.0.2:2222"',
    ],
  },
  {
    name: 'an address with a scheme',
    files: { 'inventory/hosts.yml': [['address: 127.0.0.2', 'address: "ssh://127.0.0.2"']] },
    says: [
      'error: inventory/hosts.yml:8:19: address: expected a name or an IP address, found the text "ssh://127.0.0.2"',
    ],
  },
  {
    name: 'an address that nothing filled in',
    files: { 'inventory/hosts.yml': [['address: 127.0.0.2', 'address: "{{ base }}.2"']] },
    says: [
      'error: inventory/hosts.yml:8:19: address: expected a name or an IP address, found the text "{{ base }}.2"',
    ],
  },
  {
    name: 'no space after a colon',
    files: { 'inventory/hosts.yml': [['address: 127.0.0.2', 'address:127.0.0.2']] },
    says: [
      'error: inventory/hosts.yml:8:19: vars of host web-02: expected the name of a var, found the text "address:127.0.0.2"',
      '→ Write NAME: VALUE, with a space after the colon.',
    ],
  },
  {
    name: 'no colon after a name',
    files: { 'inventory/hosts.yml': [['    web:', '    web']] },
    says: [
      'error: inventory/hosts.yml:5:5: not YAML: Implicit keys need to be on a single line',
      '→ Is the colon after a name missing?',
    ],
  },
  {
    name: 'an inventory that is none',
    files: { 'inventory/hosts.yml': 'x'.repeat(9999) },
    says: [
      `error: inventory/hosts.yml:1:1: expected groups, such as all:, found the text "${'x'.repeat(59)}…"`,
    ],
  },
  {
    name: 'a group without hosts',
    files: {
      'inventory/hosts.yml': [
        [
          '      hosts:\n        web-01: { address: 127.0.0.1, port: PORT }\n        web-02: { address: 127.0.0.2, port: PORT }\n',
          '',
        ],
      ],
    },
    says: ['error: playbooks/site.ts:5:3: no host of the inventory matches: web'],
  },
  {
    name: 'a misspelt name of .env',
    files: { 'playbooks/site.ts': [['vars.greeting', "env('GREETING')"]], '.env': 'GRETING=x\n' },
    says: [
      'error: playbooks/site.ts:8:40: GREETING is neither in the environment nor in .env: did you mean `GRETING`?',
      "→ Add a line GREETING='…' to .env.",
    ],
  },
  {
    name: 'no .env',
    files: { 'playbooks/site.ts': [['vars.greeting', "secret('GREETING')"]] },
    says: [
      'error: playbooks/site.ts:8:40: GREETING is neither in the environment nor in .env',
      "→ Add a line GREETING='…' to .env.",
    ],
  },
  {
    name: 'an unquoted # in .env',
    files: {
      'playbooks/site.ts': [['vars.greeting', "secret('GREETING')"]],
      '.env': 'A=1\nGREETING=abc#123\n',
    },
    says: [
      'error: .env:2:13: the value of GREETING holds a #, which begins a comment: quote the value',
      "→ Write GREETING='…'.",
    ],
  },
  {
    name: 'a key that is not there',
    files: { 'inventory/group_vars/web.yml': 'identityFile: keys/id\n' },
    says: [
      'error: inventory/group_vars/web.yml:1:1: web-01: the key keys/id does not exist',
      '→ Check identityFile in the inventory.',
    ],
  },
  {
    name: 'a key that is a folder',
    files: { 'inventory/group_vars/web.yml': 'identityFile: keys\n', 'keys/id': '' },
    says: [
      'error: inventory/group_vars/web.yml:1:1: web-01: the key keys is a folder',
      '→ Name the key file in it as identityFile.',
    ],
  },
  {
    name: 'a key that is the public one',
    files: {
      'inventory/group_vars/web.yml': 'identityFile: keys/id.pub\n',
      'keys/id.pub': 'ssh-ed25519 AAAA me\n',
    },
    says: [
      'error: inventory/group_vars/web.yml:1:1: web-01: the key keys/id.pub holds no private key, only the public one',
      '→ Name the private key itself (not the .pub file), or load it into your SSH agent.',
    ],
  },
  {
    name: 'an inventory that anybody may write',
    modes: { 'inventory/hosts.yml': 438 },
    says: [
      'error: inventory/hosts.yml: any user of this machine may write to it (mode 0666): it is not read',
      '→ See whether it still says what you mean, then: chmod o-w inventory/hosts.yml',
    ],
  },
  {
    name: 'an inventory in a folder that anybody may write to',
    modes: { inventory: 511 },
    says: [
      'error: inventory/hosts.yml: any user of this machine may replace it (its folder has the mode 0777): it is not read',
      '→ See whether it still says what you mean, then: chmod o-w inventory',
    ],
  },
  {
    name: 'group_vars in a folder that anybody may write to',
    files: { 'inventory/group_vars/web.yml': 'workers: 3\n' },
    modes: { 'inventory/group_vars': 511 },
    says: [
      'error: inventory/group_vars/web.yml: any user of this machine may replace it (its folder has the mode 0777): it is not read',
      '→ See whether it still says what you mean, then: chmod o-w inventory/group_vars',
    ],
  },
  {
    name: 'a project that anybody may write to',
    modes: { '.': 511 },
    says: [
      'error: inventory/hosts.yml: any user of this machine may replace it (the folder {root} has the mode 0777): it is not read',
      '→ See whether it still says what you mean, then: chmod o-w {root}',
    ],
  },
  {
    name: 'a .env that anybody may write',
    files: { 'playbooks/site.ts': [['vars.greeting', "secret('GREETING')"]], '.env': 'A=1\nGREETING=x\n' },
    modes: { '.env': 438 },
    says: [
      'error: .env: any user of this machine may write to it (mode 0666): it is not read',
      '→ See whether it still says what you mean, then: chmod o-w .env',
    ],
  },
  {
    name: 'group_vars that anybody may write',
    files: { 'inventory/group_vars/web.yml': 'workers: 3\n' },
    modes: { 'inventory/group_vars/web.yml': 422 },
    says: [
      'error: inventory/group_vars/web.yml: any user of this machine may write to it (mode 0646): it is not read',
      '→ See whether it still says what you mean, then: chmod o-w inventory/group_vars/web.yml',
    ],
  },
  {
    name: 'a port that is none',
    files: { 'inventory/hosts.yml': [['port: PORT }\n        web-02', 'port: ssh }\n        web-02']] },
    says: ['error: inventory/hosts.yml:7:39: port: expected a port number, 1 to 65535, found the text "ssh"'],
  },
  {
    name: 'a number for a user',
    files: { 'inventory/group_vars/web.yml': 'user: 12\n' },
    says: [
      'error: inventory/group_vars/web.yml:1:1: user: expected a text without hidden characters, found the number 12',
      '→ Quote it, or YAML reads it as something else.',
    ],
  },
];
