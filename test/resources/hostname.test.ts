import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/model/index.ts';
import { hostname } from '../../src/resources/hostname.ts';
import { effects, scriptedHost } from '../scripted-host.ts';

const NAME = 'lb-01.example.com';

async function look(stdout: string) {
  const host = scriptedHost({ probes: [['/proc/sys/kernel/hostname', { stdout }]] });
  return (await hostname({ name: NAME }).prepare({ root: '/' })).look(host);
}

const saved = (from: string) => ({
  aspect: 'saved',
  summary: `saved name ${from} → ${NAME}`,
  actions: [{ exec: ['hostnamectl', 'set-hostname', '--static', NAME] }],
});
const running = (from: string) => ({
  aspect: 'running',
  summary: `running name ${from} → ${NAME}`,
  actions: [{ exec: ['hostname', NAME] }],
});
const FILE = '/etc/hostname';

describe('hostname', () => {
  it.each<[string, string, object, object]>([
    ['as it should be', `${NAME}\n==\n${NAME}\n`, { status: 'ok' }, {}],
    [
      'another one altogether',
      'old\n==\nold\n',
      { status: 'change', changes: [saved('old'), running('old')] },
      { changes: [FILE] },
    ],
    [
      'set for now only',
      `${NAME}\n==\nold\n`,
      { status: 'change', changes: [saved('old')] },
      { changes: [FILE] },
    ],
    ['set from the next boot on', `old\n==\n${NAME}\n`, { status: 'change', changes: [running('old')] }, {}],
    [
      'saved nowhere',
      `${NAME}\n==\n`,
      { status: 'change', changes: [saved('(none)')] },
      { appears: [FILE], changes: [FILE] },
    ],
  ])('%s', async (_what, stdout, finding, effectsThen) => {
    const seen = await look(stdout);
    expect(seen.diff(effects())).toEqual(finding);
    expect(seen.effects(seen.diff(effects()))).toEqual(effectsThen);
  });

  it.each(['', `${NAME}\n`])('an answer that was cut off is none: %j', async (stdout) => {
    await expect(look(stdout)).rejects.toThrow('no whole answer');
  });

  it.each(['', 'LB', 'a_b', '-a', 'a-', 'a..b', '.a', 'a.', 'x'.repeat(65), '--static'])(
    'refuses %j',
    (name) => {
      expect(() => hostname({ name })).toThrow('hostname: name: expected');
    },
  );

  it('is one of a host', () => {
    expect(hostname({ name: 'a' }).manages).toEqual(['hostname']);
    expect(() => (hostname as (spec: unknown) => Step)({ nam: 'a' })).toThrow('did you mean `name`?');
  });
});
