import { describe, expect, it } from 'vitest';
import { definePlaybook, failoverCheck, file, template } from '../../src/index.ts';
import { Secret } from '../../src/model/index.ts';

const secret = new Secret('TOKEN', 'argument.test-secret');
const host = {
  name: 'lb',
  address: '192.0.2.1',
  port: 22,
  user: 'root',
  hostKeys: 'strict',
  groups: [],
  vars: {},
} as const;
const WHY =
  'holds a secret, and every user of the host can read the arguments of a process (see ps(1)): let the ';

/** Everything that runs words of a playbook on a host, beside `command`. */
describe.each<[string, (words: [string, ...string[]]) => unknown, string]>([
  [
    'validate of file',
    (validate) => file({ path: '/x', content: '', validate: [...validate, '%s'] }),
    'validate.1',
  ],
  [
    'validate of template',
    (validate) => template({ path: '/x', source: 'x.ejs', validate: [...validate, '%s'] }),
    'validate.1',
  ],
  [
    'a command of failoverCheck',
    (giveAway) =>
      failoverCheck({
        ...{ address: '192.0.2.9', among: [host, host], url: 'http://192.0.2.9/' },
        ...{ giveAway, takeBack: ['true'] },
      }),
    'giveAway.1',
  ],
  [
    'the probe of a rollout',
    (probe) =>
      definePlaybook({ name: 'x', hosts: 'all', serial: 1, last: { holds: 'it', probe }, steps: () => [] }),
    'last.probe.1',
  ],
])('%s', (_, make, where) => {
  it('refuses a secret among its words', () => {
    expect(() => make(['tool', `--token=${secret.reveal()}`])).toThrow(`${where}: ${WHY}`);
    expect(() => make(['tool', `--token=${secret}`])).toThrow(`${where}: ${WHY}`);
    expect(() => make(['tool', '--token-file=/etc/token'])).not.toThrow();
  });
});
