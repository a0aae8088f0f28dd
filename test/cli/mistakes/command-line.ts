import type { Mistake } from '../mistaken-project.ts';

/** On the command line. */
export const commandLineMistakes: readonly Mistake[] = [
  {
    name: '-e of the wrong type',
    args: ['-e', 'workers=many'],
    says: ['error: host web-01: -e var `workers`: expected number, received string, for play Web'],
  },
  {
    name: 'a var of the wrong type in a file of -e',
    files: { 'extra.yml': 'greeting: x\nworkers: many\n' },
    args: ['-e', '@{root}/extra.yml'],
    says: [
      'error: extra.yml:2:1: host web-01: -e var `workers`: expected number, received string, for play Web',
    ],
  },
  {
    name: 'a misspelt -e',
    args: ['-e', 'worker=3'],
    says: [
      'error: -e worker: no selected play declares this var: did you mean `workers`?',
      '→ They declare greeting, workers.',
    ],
  },
  {
    name: 'an unknown -e',
    args: ['-e', 'colour=3'],
    says: ['error: -e colour: no selected play declares this var', '→ They declare greeting, workers.'],
  },
  {
    name: 'a misspelt var in a file of -e',
    files: { 'extra.yml': 'greeting: x\nworker: 3\n' },
    args: ['-e', '@{root}/extra.yml'],
    says: [
      'error: extra.yml:2:1: -e worker: no selected play declares this var: did you mean `workers`?',
      '→ They declare greeting, workers.',
    ],
  },
  {
    name: '-e without a value',
    args: ['-e', 'workers'],
    says: ['error: -e workers: expected NAME=VALUE or @FILE'],
  },
  {
    name: '-e that is no YAML',
    args: ['-e', 'greeting=[a'],
    says: [
      'error: -e greeting=[a: not a YAML value: Flow sequence must end with a ]',
      '→ Quote it for YAML too, as in -e \'note="a: b"\'.',
    ],
  },
  {
    name: 'a file of -e that is no YAML',
    files: { 'extra.yml': 'a: 1\nb: [\n' },
    args: ['-e', '@{root}/extra.yml'],
    says: [
      'error: extra.yml:3:1: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  },
  {
    name: 'a var twice in a file of -e',
    files: { 'extra.yml': 'workers: 1\nworkers: 2\n' },
    args: ['-e', '@{root}/extra.yml'],
    says: ['error: extra.yml:2:1: Map keys must be unique'],
  },
  {
    name: 'a number for a mode in -e',
    files: {
      'playbooks/site.ts': [
        ['greeting: z.string()', 'greeting: z.string(), mode: z.string()'],
        ['content:', 'mode: vars.mode, content:'],
      ],
    },
    args: ['-e', '{mode: 0644}'],
    says: [
      'error: host web-01: -e var `mode`: expected string, received number, for play Web',
      '→ Quote it: YAML reads it as something else.',
    ],
  },
  {
    name: 'a misspelt inventory',
    args: ['-i', '{root}/inventory/host.yml'],
    says: ['error: there is no inventory inventory/host.yml: did you mean `hosts.yml`?'],
  },
  {
    name: 'an unknown host in --limit',
    args: ['-l', 'web-1'],
    says: ['error: --limit: no host or group is called `web-1`: did you mean `web-01`?'],
  },
  {
    name: 'an unknown group in --limit',
    args: ['-l', 'web-01,wbe'],
    says: ['error: --limit: no host or group is called `wbe` (in `web-01,wbe`): did you mean `web`?'],
  },
  {
    name: 'a pattern that matches nothing in --limit',
    args: ['-l', 'lb-*'],
    says: ['error: --limit: no host or group matches `lb-*`'],
  },
  {
    name: 'an unknown host to leave out in --limit',
    args: ['-l', '!wbe-01'],
    says: ['error: --limit: no host or group is called `wbe-01` (in `!wbe-01`): did you mean `web-01`?'],
  },
  {
    name: 'a --limit that leaves nothing',
    args: ['-l', 'web,!web'],
    says: ['error: playbooks/site.ts:5:3: --limit web,!web leaves no host: the plays are for web'],
  },
  {
    name: 'a --limit to hosts of no play',
    args: ['-l', 'db'],
    says: ['error: playbooks/site.ts:5:3: --limit db leaves no host: the plays are for web'],
  },
  {
    name: 'a misspelt flag',
    args: ['--dif'],
    says: [
      "error: unknown option '--dif'",
      '(Did you mean --diff?)',
      '→ trueup apply --help lists what there is.',
    ],
  },
  {
    name: 'an unknown flag',
    args: ['--nonsense'],
    says: ["error: unknown option '--nonsense'", '→ trueup apply --help lists what there is.'],
  },
  {
    name: 'a misspelt command',
    argv: ['plam', '{root}/playbooks/site.ts'],
    says: ["error: unknown command 'plam'", '(Did you mean plan?)', '→ trueup --help lists what there is.'],
  },
  {
    name: 'an unknown command',
    argv: ['frobnicate', '{root}/playbooks/site.ts'],
    says: ["error: unknown command 'frobnicate'", '→ trueup --help lists what there is.'],
  },
  {
    name: 'a file of -e that anybody may write',
    files: { 'extra.yml': 'workers: 3\n' },
    modes: { 'extra.yml': 438 },
    args: ['-e', '@{root}/extra.yml'],
    says: [
      'error: extra.yml: any user of this machine may write to it (mode 0666): it is not read',
      '→ See whether it still says what you mean, then: chmod o-w extra.yml',
    ],
  },
  {
    name: 'a misspelt tag',
    files: { 'playbooks/site.ts': [['content: vars.greeting', "content: vars.greeting, tags: ['motd']"]] },
    args: ['--tags', 'mtod'],
    says: ['error: --tags mtod: no step has this tag: did you mean `motd`?', '→ There are: motd.'],
  },
];
