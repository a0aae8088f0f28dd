import type { Mistake } from '../mistaken-project.ts';

/** In playbooks. */
export const playbookMistakes: readonly Mistake[] = [
  {
    name: 'a misspelt field of a step',
    files: { 'playbooks/site.ts': [['content: vars', 'contnet: vars']] },
    says: [
      'error: playbooks/site.ts:8:31: file: unknown field `contnet`: did you mean `content`?; expected either `content` or `source`',
    ],
  },
  {
    name: 'an unknown field of a step',
    files: { 'playbooks/site.ts': [['content: vars.greeting', "content: 'x', colour: 'red'"]] },
    says: [
      'error: playbooks/site.ts:8:45: file: unknown field `colour`: there are path, mode, owner, group, context, validate, backup, sensitive, content, source, tags',
    ],
  },
  {
    name: 'a misspelt field of a step of several lines',
    files: {
      'playbooks/site.ts': [
        [
          "file({ path: '/etc/motd', content: vars.greeting })",
          "file({\n      path: '/etc/motd',\n      mod: '0644',\n      content: vars.greeting,\n    })",
        ],
      ],
    },
    says: ['error: playbooks/site.ts:10:7: file: unknown field `mod`: did you mean `mode`?'],
  },
  {
    name: 'a misspelt field of a play',
    files: { 'playbooks/site.ts': [['hosts:', 'hots:']] },
    says: [
      "error: playbooks/site.ts:5:3: definePlaybook: hosts: expected a pattern such as 'webservers' or 'all'; unknown field `hots`: did you mean `hosts`?",
    ],
  },
  {
    name: 'a missing field',
    files: { 'playbooks/site.ts': [["path: '/etc/motd', content", 'content']] },
    says: ['error: playbooks/site.ts:8:5: file: path: expected string, received undefined'],
  },
  {
    name: 'a field of the wrong type',
    files: { 'playbooks/site.ts': [["'/etc/motd'", '7']] },
    says: ['error: playbooks/site.ts:8:12: file: path: expected string, received number'],
  },
  {
    name: 'a word that is none of those expected',
    files: {
      'playbooks/site.ts': [
        [
          "    file({ path: '/etc/motd', content: vars.greeting }),",
          "    yumPackage({ names: ['x'], state: 'latst' }),",
        ],
      ],
    },
    says: ['error: playbooks/site.ts:8:32: yumPackage: state: expected one of "present"|"absent"|"latest"'],
  },
  {
    name: 'a number for a mode in the playbook',
    files: { 'playbooks/site.ts': [['content:', 'mode: 0o644, content:']] },
    says: [
      "error: playbooks/site.ts:8:31: file: mode: expected four octal digits in quotes, such as '0644': a bare number would be another one",
    ],
  },
  {
    name: 'a missing source of a file',
    files: { 'playbooks/site.ts': [['content: vars.greeting', "source: 'files/motd'"]] },
    says: ['error: playbooks/site.ts:8:5: there is no file files/motd'],
  },
  {
    name: 'a syntax error',
    files: { 'playbooks/site.ts': [["name: 'Web',", "name: 'Web'"]] },
    says: ['error: playbooks/site.ts:5:3: cannot be loaded: syntax error: Unexpected token, expected ","'],
  },
  {
    name: 'no default export',
    files: { 'playbooks/site.ts': [['export default', 'export const site =']] },
    says: [
      'error: playbooks/site.ts:1:1: has no default export',
      '→ Write: export default definePlaybook({ name, hosts, steps })',
    ],
  },
  {
    name: 'a default export that is no playbook',
    files: { 'playbooks/site.ts': 'export default { name: 1 };\n' },
    says: [
      'error: playbooks/site.ts:1:1: its default export is not a playbook',
      '→ Write: export default definePlaybook({ name, hosts, steps })',
    ],
  },
  {
    name: 'a thrown error',
    files: { 'playbooks/site.ts': [['\nexport', "\nthrow new Error('not today');\nexport"]] },
    says: ['error: playbooks/site.ts:3:7: cannot be loaded: not today'],
  },
  {
    name: 'a thrown text',
    files: { 'playbooks/site.ts': [['\nexport', "\nthrow 'not today';\nexport"]] },
    says: ['error: playbooks/site.ts:1:1: cannot be loaded: not today'],
  },
  {
    name: 'an error of the language',
    files: { 'playbooks/site.ts': [['\nexport', '\nconst a = undefined;\nconst b = a.c;\nexport']] },
    says: [
      "error: playbooks/site.ts:4:13: cannot be loaded: TypeError: Cannot read properties of undefined (reading 'c')",
    ],
  },
  {
    name: 'an error thrown in steps',
    files: {
      'playbooks/site.ts': [
        [
          "    file({ path: '/etc/motd', content: vars.greeting }),",
          "    ...(() => { throw new Error('not today') })(),",
        ],
      ],
    },
    says: ['error: playbooks/site.ts:8:23: steps of play Web, for host web-01: not today'],
  },
  {
    name: 'an error of the language in steps',
    files: { 'playbooks/site.ts': [['vars.greeting', 'vars.greeting.a.b']] },
    says: [
      "error: playbooks/site.ts:8:56: steps of play Web, for host web-01: TypeError: Cannot read properties of undefined (reading 'b')",
    ],
  },
  {
    name: 'an error thrown in an imported file',
    files: {
      'playbooks/site.ts': [
        ["'trueup';", "'trueup';\nimport { motd } from './motd.ts';"],
        ['vars.greeting', 'motd()'],
      ],
      'playbooks/motd.ts': "\nexport function motd(): string {\n  throw new Error('from motd');\n}\n",
    },
    says: ['error: playbooks/motd.ts:3:9: steps of play Web, for host web-01: from motd'],
  },
  {
    name: 'a syntax error in an imported file',
    files: {
      'playbooks/site.ts': [
        ["'trueup';", "'trueup';\nimport { motd } from './motd.ts';"],
        ['vars.greeting', 'motd()'],
      ],
      'playbooks/motd.ts': '\nexport function motd(: string {\n}\n',
    },
    says: ['error: playbooks/motd.ts:2:22: cannot be loaded: syntax error: Unexpected token'],
  },
  {
    name: 'an import that is not there',
    files: {
      'playbooks/site.ts': [
        ["'trueup';", "'trueup';\nimport { motd } from './mtd.ts';"],
        ['vars.greeting', 'motd'],
      ],
      'playbooks/motd.ts': '\n',
    },
    says: [
      "error: playbooks/site.ts:2:22: cannot be loaded: Cannot find module './mtd.ts': did you mean `motd.ts`?",
    ],
  },
  {
    name: 'an import that trueup does not have',
    files: { 'playbooks/site.ts': [['file, secret', 'fiel as file, secret']] },
    says: ['error: playbooks/site.ts:8:5: trueup exports no `fiel`: did you mean `file`?'],
  },
  {
    name: 'a name that is not imported',
    files: {
      'playbooks/site.ts': [
        ['file, secret', 'secret'],
        ['    file(', '    fiel('],
      ],
    },
    says: [
      'error: playbooks/site.ts:8:5: steps of play Web, for host web-01: ReferenceError: fiel is not defined',
    ],
  },
  {
    name: 'a value that a schema of its own refuses',
    files: { 'playbooks/site.ts': [['vars.greeting', 'z.object({ a: z.string() }).parse({}).a']] },
    says: [
      'error: playbooks/site.ts:8:68: steps of play Web, for host web-01: a: expected string, received undefined',
    ],
  },
  {
    name: 'an import of a folder',
    files: {
      'playbooks/site.ts': [["'trueup';", "'trueup';\nimport './lib';"]],
      'playbooks/lib/a.ts': '',
    },
    says: ["error: playbooks/site.ts:2:8: cannot be loaded: Cannot find module './lib'"],
  },
  {
    name: 'a list of no playbooks',
    files: {
      'playbooks/site.ts': "import { definePlaybook } from 'trueup';\nexport default definePlaybook([]);\n",
    },
    says: [
      'error: playbooks/site.ts:2:16: definePlaybook: expected at least one playbook, found an empty list',
    ],
  },
  {
    name: 'a file that anybody may write, imported by a name that is put together',
    files: {
      'playbooks/site.ts': [['\nexport', "\nawait import(['./motd', 'ts'].join('.'));\nexport"]],
      'playbooks/motd.ts': '',
    },
    modes: { 'playbooks/motd.ts': 438 },
    says: [
      'error: playbooks/motd.ts: any user of this machine may write to it (mode 0666): it is not read',
      '→ See whether it still says what you mean, then: chmod o-w playbooks/motd.ts',
    ],
  },
  {
    name: 'a misspelt name',
    files: { 'playbooks/site.ts': [['    file(', '    fiel(']] },
    says: [
      'error: playbooks/site.ts:8:5: steps of play Web, for host web-01: ReferenceError: fiel is not defined: did you mean `file`?',
    ],
  },
  {
    name: 'steps that are async',
    files: { 'playbooks/site.ts': [['steps: ({', 'steps: async ({']] },
    says: [
      'error: playbooks/site.ts:7:3: steps of play Web, for host web-01: expected a list of steps, got a promise: the function must not be async',
    ],
  },
  {
    name: 'steps that are no list',
    files: {
      'playbooks/site.ts': [
        [
          'steps: ({ vars, group }) => [',
          'steps: () => file({ path: "/x", content: "" }), verify: ({ vars, group }) => [',
        ],
      ],
    },
    says: [
      'error: playbooks/site.ts:7:3: steps of play Web, for host web-01: expected a list of steps, got object',
    ],
  },
  {
    name: 'a step that is none',
    files: {
      'playbooks/site.ts': [
        ["    file({ path: '/etc/motd', content: vars.greeting }),", '    false && file({}),'],
      ],
    },
    says: [
      'error: playbooks/site.ts:7:3: steps of play Web, for host web-01: number 1 of the list is no step: false',
      '→ For one that is there only sometimes: ...(condition ? [step] : [])',
    ],
  },
  {
    name: 'a misspelt var in a text',
    files: { 'playbooks/site.ts': [['vars.greeting', 'vars.greting + "!"']] },
    says: [
      'error: playbooks/site.ts:8:45: steps of play Web, for host web-01: the play declares no var `greting`: did you mean `greeting`?',
    ],
  },
  {
    name: 'a step that is not called',
    files: {
      'playbooks/site.ts': [["    file({ path: '/etc/motd', content: vars.greeting }),", '    file,']],
    },
    says: [
      'error: playbooks/site.ts:7:3: steps of play Web, for host web-01: number 1 of the list is no step: a function',
      '→ Call it: a step is what a function makes, such as file({ … }).',
    ],
  },
  {
    name: "a step's spec without the step",
    files: {
      'playbooks/site.ts': [
        [
          "    file({ path: '/etc/motd', content: vars.greeting }),",
          "    { path: '/etc/motd', content: '' },",
        ],
      ],
    },
    says: [
      'error: playbooks/site.ts:7:3: steps of play Web, for host web-01: number 1 of the list is no step: a plain object',
      '→ A step is what a function makes, such as file({ … }).',
    ],
  },
  {
    name: 'a list in the list of steps',
    files: {
      'playbooks/site.ts': [
        [
          "    file({ path: '/etc/motd', content: vars.greeting }),",
          "    [file({ path: '/etc/motd', content: '' })],",
        ],
      ],
    },
    says: [
      'error: playbooks/site.ts:7:3: steps of play Web, for host web-01: number 1 of the list is no step: a list',
      '→ Write ... before a list, and its items are in this one.',
    ],
  },
  {
    name: 'a promise in the list of steps',
    files: {
      'playbooks/site.ts': [
        [
          "    file({ path: '/etc/motd', content: vars.greeting }),",
          "    Promise.resolve(file({ path: '/etc/motd', content: '' })),",
        ],
      ],
    },
    says: [
      'error: playbooks/site.ts:7:3: steps of play Web, for host web-01: number 1 of the list is no step: a promise',
      '→ The functions that make a step give it at once: nothing is waited for.',
    ],
  },
  {
    name: 'a var whose check throws',
    files: {
      'playbooks/site.ts': [
        ['greeting: z.string()', "greeting: z.string().refine(() => { throw new Error('not today'); })"],
      ],
    },
    says: ['error: playbooks/site.ts:6:62: vars of play Web, for host web-01: not today'],
  },
  {
    name: 'a var that is no schema',
    files: { 'playbooks/site.ts': [['greeting: z.string()', "greeting: 'string'"]] },
    says: [
      'error: playbooks/site.ts:6:3: vars of play Web, for host web-01: Invalid element at key "greeting": expected a Zod schema',
    ],
  },
  {
    name: 'an error thrown in verify',
    files: {
      'playbooks/site.ts': [['  steps:', "  verify: () => { throw new Error('not today'); },\n  steps:"]],
    },
    says: ['error: playbooks/site.ts:7:25: verify of play Web, for host web-01: not today'],
  },
  {
    name: 'an error thrown in verify, where the steps ask for facts',
    files: {
      'playbooks/site.ts': [
        ['{ vars, group }', '{ vars, facts }'],
        ['vars.greeting', 'vars.greeting + facts.os'],
        ['  steps:', "  verify: () => { throw new Error('not today'); },\n  steps:"],
      ],
    },
    says: ['error: playbooks/site.ts:7:25: verify of play Web, for host web-01: not today'],
  },
  {
    name: 'a misspelt field of a check',
    files: {
      'playbooks/site.ts': [
        ['env, file', 'env, tcpCheck, file'],
        ['  steps:', "  verify: () => [tcpCheck({ address: 'a', prt: 80 })],\n  steps:"],
      ],
    },
    args: ['--verify'],
    says: [
      'error: playbooks/site.ts:7:43: tcpCheck: port: expected number, received undefined; unknown field `prt`: did you mean `port`?',
    ],
  },
  {
    name: 'a step in verify',
    files: {
      'playbooks/site.ts': [['  steps:', "  verify: () => [file({ path: '/x', content: '' })],\n  steps:"]],
    },
    says: [
      'error: playbooks/site.ts:7:3: verify of play Web, for host web-01: number 1 of the list is no check: file(…)',
      '→ Steps belong under steps, checks under verify, and on(…) under before or after.',
    ],
  },
  {
    name: 'a check in steps',
    files: {
      'playbooks/site.ts': [
        ['env, file', 'env, tcpCheck, file'],
        [
          "    file({ path: '/etc/motd', content: vars.greeting }),",
          "    tcpCheck({ address: 'a', port: 80 }),",
        ],
      ],
    },
    says: [
      'error: playbooks/site.ts:7:3: steps of play Web, for host web-01: number 1 of the list is no step: tcpCheck(…)',
      '→ Steps belong under steps, checks under verify, and on(…) under before or after.',
    ],
  },
  {
    name: 'steps for other hosts in steps',
    files: {
      'playbooks/site.ts': [
        ['env, file', 'env, on, file'],
        ["    file({ path: '/etc/motd', content: vars.greeting }),", "    on(group('db'), []),"],
      ],
    },
    says: [
      'error: playbooks/site.ts:7:3: steps of play Web, for host web-01: number 1 of the list is no step: on(…)',
      '→ Steps belong under steps, checks under verify, and on(…) under before or after.',
    ],
  },
  {
    name: 'an error that speaks of a place',
    files: {
      'playbooks/site.ts': [['\nexport', "\nthrow new Error('no\\n    at x (/etc/hosts:1:1)');\nexport"]],
    },
    says: ['error: playbooks/site.ts:3:7: cannot be loaded: no'],
  },
  {
    name: 'an error of several',
    files: {
      'playbooks/site.ts': [
        ['\nexport', "\nthrow new AggregateError([new Error('a'), 'b', { c: 1 }], '\\nboth');\nexport"],
      ],
    },
    says: ['error: playbooks/site.ts:3:7: cannot be loaded: AggregateError: both (a; b; { c: 1 })'],
  },
  {
    name: 'an error without a message',
    files: { 'playbooks/site.ts': [['\nexport', '\nthrow new Error();\nexport']] },
    says: ['error: playbooks/site.ts:3:7: cannot be loaded: an error without a message'],
  },
  {
    name: 'a name that an imported file does not have',
    files: {
      'playbooks/site.ts': [
        ["'trueup';", "'trueup';\nimport { mtd } from './motd.ts';"],
        ['vars.greeting', 'mtd()'],
      ],
      'playbooks/motd.ts': 'export const motd = () => 1;\n',
    },
    says: [
      'error: playbooks/site.ts:9:40: steps of play Web, for host web-01: TypeError: mtd is not a function',
    ],
  },
  {
    name: 'an error in the first line after a byte order mark',
    files: { 'playbooks/site.ts': "\uFEFFthrow new Error('not today');\n" },
    says: ['error: playbooks/site.ts:1:7: cannot be loaded: not today'],
  },
  {
    name: "an error where another compiler's map was left",
    files: {
      'playbooks/site.ts': [
        ['\nexport', "\nthrow new Error('not today');\nexport"],
        ['});\n', '});\n//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjozfQ==\n'],
      ],
    },
    says: ['error: playbooks/site.ts:3:7: cannot be loaded: not today'],
  },
  {
    name: 'a rejected promise',
    files: { 'playbooks/site.ts': [['\nexport', "\nawait Promise.reject(new Error('no'));\nexport"]] },
    says: ['error: playbooks/site.ts:3:22: cannot be loaded: no'],
  },
  {
    name: 'an unknown group in hosts',
    files: { 'playbooks/site.ts': [["'web',", "'wbe',"]] },
    says: ['error: playbooks/site.ts:5:3: no host or group is called `wbe`: did you mean `web`?'],
  },
  {
    name: 'an unknown group in steps',
    files: { 'playbooks/site.ts': [['vars.greeting', "String(group('dbs'))"]] },
    says: [
      'error: playbooks/site.ts:8:47: the inventory inventory/hosts.yml has no group `dbs`: did you mean `db`?',
    ],
  },
  {
    name: "a playbook in Ansible's YAML",
    files: { 'playbooks/site.yml': '- hosts: web\n' },
    argv: ['plan', '{root}/playbooks/site.yml', '-i', '{root}/inventory/hosts.yml'],
    says: [
      'error: playbooks/site.yml is no TypeScript and no JavaScript',
      '→ A playbook is a module: export default definePlaybook({ name, hosts, steps }).',
    ],
  },
  {
    name: 'a misspelt playbook',
    argv: ['plan', '{root}/playbooks/stie.ts', '-i', '{root}/inventory/hosts.yml'],
    says: ['error: there is no playbook playbooks/stie.ts: did you mean `site.ts`?'],
  },
  {
    name: 'two steps for one file',
    files: {
      'playbooks/site.ts': [
        [
          "    file({ path: '/etc/motd', content: vars.greeting }),",
          "    file({ path: '/etc/motd', content: vars.greeting }),\n    file({ path: '/etc/motd', content: 'x' }),",
        ],
      ],
    },
    says: [
      'error: playbooks/site.ts:9:5: file /etc/motd manages file:/etc/motd on web-01, as file /etc/motd (playbooks/site.ts:8:5) already does',
      '→ Keep one of the two steps, or join them.',
    ],
  },
  {
    name: 'two plays for one file',
    files: {
      'playbooks/site.ts':
        "import a from './a.ts';\nimport b from './b.ts';\nimport { definePlaybook } from 'trueup';\nexport default definePlaybook([a, b]);\n",
      'playbooks/a.ts':
        "import { definePlaybook, file } from 'trueup';\nexport default definePlaybook({ name: 'a', hosts: 'web', steps: () => [\n  file({ path: '/etc/motd', content: 'x' })] });\n",
      'playbooks/b.ts':
        "import { definePlaybook, template } from 'trueup';\nexport default definePlaybook({ name: 'b', hosts: 'all', steps: () => [\n\n  template({ path: '/etc/motd', source: 'web.conf.ejs', data: { vars: { workers: 1 } } })] });\n",
    },
    says: [
      'error: playbooks/b.ts:4:3: template /etc/motd manages file:/etc/motd on web-01, as file /etc/motd (playbooks/a.ts:3:3) already does',
      '→ Keep one of the two steps, or join them.',
    ],
  },
  {
    name: 'hosts that do not fit together, by what the play requires',
    files: {
      'playbooks/site.ts': [
        [
          '  steps:',
          `  requires: ({ hosts }) => hosts.map(({ host, vars }) => host.name + " says " + vars.greeting + ", as another does"),\n  steps:`,
        ],
      ],
    },
    args: ['--limit', 'web-01'],
    says: [
      'error: playbooks/site.ts:3:16: web-01 says hello, as another does',
      'playbooks/site.ts:3:16: web-02 says hello, as another does',
    ],
  },
  {
    name: 'a playbook that anybody may write',
    modes: { 'playbooks/site.ts': 438 },
    says: [
      'error: playbooks/site.ts: any user of this machine may write to it (mode 0666): it is not read',
      '→ See whether it still says what you mean, then: chmod o-w playbooks/site.ts',
    ],
  },
  {
    name: 'a playbook in a folder that anybody may write to',
    modes: { playbooks: 511 },
    says: [
      'error: playbooks/site.ts: any user of this machine may replace it (its folder has the mode 0777): it is not read',
      '→ See whether it still says what you mean, then: chmod o-w playbooks',
    ],
  },
  {
    name: 'an imported file that anybody may write',
    files: {
      'playbooks/site.ts': [
        ["'trueup';", "'trueup';\nimport { motd } from './motd.ts';"],
        ['vars.greeting', 'motd'],
      ],
      'playbooks/motd.ts': "export const motd = 'x';\n",
    },
    modes: { 'playbooks/motd.ts': 438 },
    says: [
      'error: playbooks/motd.ts: any user of this machine may write to it (mode 0666): it is not read',
      '→ See whether it still says what you mean, then: chmod o-w playbooks/motd.ts',
    ],
  },
];
