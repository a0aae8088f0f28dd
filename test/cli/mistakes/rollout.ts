import type { Mistake } from '../mistaken-project.ts';

const PLAY = "definePlaybook({\n  name: 'Web',";

/** A play with these fields besides the right ones. */
function withFields(fields: string): NonNullable<Mistake['files']> {
  return { 'playbooks/site.ts': [[PLAY, `${PLAY} ${fields},`]] };
}

const SERIAL =
  "error: playbooks/site.ts:4:16: definePlaybook: serial: expected how many hosts at a time, from 1 on, or a percentage from '1%' to '100%', or a list of those";
const MAX_FAIL =
  "error: playbooks/site.ts:4:27: definePlaybook: maxFail: expected how many hosts may fail, from 0 on, or a percentage from '0%' to '100%'";

const needSerial = (field: string): string[] => [
  `error: playbooks/site.ts:4:16: definePlaybook: \`${field}\` needs \`serial\`, which says how many hosts are changed at a time`,
  '→ For one after the other: serial: 1',
];

/** In how a play goes from host to host. */
export const rolloutMistakes: readonly Mistake[] = [
  { name: 'serial: 0', files: withFields('serial: 0'), says: [SERIAL] },
  { name: "serial: '101%'", files: withFields("serial: '101%'"), says: [SERIAL] },
  { name: 'maxFail: -1', files: withFields('serial: 1, maxFail: -1'), says: [MAX_FAIL] },
  {
    name: 'last without serial',
    files: withFields("last: { holds: 'it', probe: ['true'] }"),
    says: needSerial('last'),
  },
  {
    name: 'a misspelt serial',
    files: withFields('seriel: 1'),
    says: ['error: playbooks/site.ts:4:16: definePlaybook: unknown field `seriel`: did you mean `serial`?'],
  },
  {
    name: 'last that is a command',
    files: withFields("serial: 1, last: ['true']"),
    says: [
      'error: playbooks/site.ts:4:27: definePlaybook: last: expected { holds, probe }, or a function that returns it',
    ],
  },
  {
    name: 'last whose function gives something else',
    files: withFields("serial: 1, last: () => ({ hold: 'it', probe: ['true'] })"),
    says: [
      'error: playbooks/site.ts:4:27: last of play Web, for host web-01: holds: expected what the last host has, such as `the address`; unknown field `hold`: did you mean `holds`?',
    ],
  },
  {
    name: 'before that gives no list',
    files: withFields('serial: 1, before: () => undefined'),
    says: [
      'error: playbooks/site.ts:4:27: before of play Web, for host web-01: expected a list of steps, got undefined',
    ],
  },
  {
    name: 'an unknown group in after',
    files: withFields("serial: 1, after: ({ group }) => [...group('wep')]"),
    says: [
      'error: playbooks/site.ts:4:53: the inventory inventory/hosts.yml has no group `wep`: did you mean `web`?',
    ],
  },
  {
    name: 'on without hosts',
    files: {
      'playbooks/site.ts': [
        ["yumPackage, z } from 'trueup'", "yumPackage, on, z } from 'trueup'"],
        [PLAY, `${PLAY} serial: 1, before: () => [on('lb-01', [])],`],
      ],
    },
    says: ["error: playbooks/site.ts:4:42: on: expected hosts, such as group('loadbalancers')"],
  },
  {
    name: 'a missing source of a step before',
    files: withFields("serial: 1, before: () => [file({ path: '/x', source: 'nowhere' })]"),
    says: ['error: playbooks/site.ts:4:42: there is no file nowhere'],
  },
];
