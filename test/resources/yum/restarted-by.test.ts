import { expect, test } from 'vitest';
import { restartedBy } from '../../../src/resources/yum/installed.ts';
import type { Resolution } from '../../../src/resources/yum/resolve.ts';
import type { Item } from '../../../src/resources/yum/transaction.ts';

const item = (does: Item['does'], name = 'haproxy'): Item => ({
  does,
  name,
  arch: 'x86_64',
  evr: '2.6.12-5.el9',
  role: 'asked',
});
const files = (...renewed: string[]) => ({ fresh: ['/usr/lib/systemd/system/new.service'], renewed });

test.each<[string, Resolution, unknown]>([
  ['nothing to do', { kind: 'nothing' }, {}],
  ['refused', { kind: 'refused', reason: 'no such package' }, {}],
  ['a table that cannot be read', { kind: 'unreadable' }, { restarts: 'any' }],
  ['an install: nothing ran', { kind: 'transaction', items: [item('install')] }, {}],
  ['a removal', { kind: 'transaction', items: [item('remove')] }, {}],
  [
    'an upgrade of which no files are known',
    { kind: 'transaction', items: [item('upgrade')] },
    { restarts: 'any' },
  ],
  ['a downgrade likewise', { kind: 'transaction', items: [item('downgrade')] }, { restarts: 'any' }],
  [
    'an upgrade with a unit',
    {
      kind: 'transaction',
      items: [item('upgrade'), item('install', 'new')],
      files: files(
        '/usr/sbin/haproxy',
        '/usr/lib/systemd/system/haproxy.service',
        '/lib/systemd/system/haproxy.service',
      ),
    },
    { restarts: ['haproxy.service'] },
  ],
  [
    'an upgrade without one',
    {
      kind: 'transaction',
      items: [item('upgrade')],
      files: files('/usr/bin/ls', '/usr/lib/systemd/system/a@.service'),
    },
    {},
  ],
])('%s', (_, resolution, expected) => {
  expect(restartedBy(resolution)).toEqual(expected);
});
