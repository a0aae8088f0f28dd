import { beforeAll, beforeEach, expect, it } from 'vitest';
import { until } from '../lab/until.ts';
import { inside, site, useSite } from './site-lab.ts';
import type { JsonRun } from './site-project.ts';

const WEB = ['nginx-01', 'nginx-02'] as const;

useSite(['lb-01', ...WEB]);

/** A pool on lb-01 is a file for each server; /run/vip says who holds the address. */
const PLAYBOOK = `import { command, definePlaybook, file, on, z } from 'trueup';
const pool = (name, content) => file({ path: '/srv/pool-' + name, content });
export default definePlaybook([
  definePlaybook({
    name: 'Web',
    hosts: 'webservers',
    vars: z.object({ page: z.coerce.string().default('1'), seconds: z.number().default(0) }),
    serial: 1,
    last: { holds: 'the address', probe: ['test', '-e', '/run/vip'] },
    before: ({ host, group }) => [on(group('loadbalancers').slice(0, 1), pool(host.name, 'drain\\n'))],
    steps: ({ vars }) => [
      command({ name: 'page', run: ['sh', '-c', 'sleep "$1" && echo "$2" >/srv/page && date +%s%N >/srv/when', 'sh', String(vars.seconds), vars.page], unless: ['grep', '-qx', vars.page, '/srv/page'] }),
    ],
    after: ({ host, group }) => [on(group('loadbalancers').slice(0, 1), pool(host.name, 'ready\\n'))],
  }),
  definePlaybook({ name: 'Balancer', hosts: 'lb-01', steps: () => [file({ path: '/srv/lb', content: 'x\\n' })] }),
]);
`;

type Rolled = JsonRun & { readonly rollouts?: readonly Record<string, unknown>[] };

const run = (verb: string, page: number, ...args: string[]) =>
  site().json(verb, 'playbooks/rolling.ts', '-e', `page=${page}`, ...args) as Promise<Rolled>;
const apply = (page: number, ...args: string[]) => run('apply', page, '--yes', '-l', '!lb-02', ...args);
const plan = (page: number) => run('plan', page, '-l', '!lb-02', '--detailed-exitcode');
const pool = () => inside('lb-01', 'cat /srv/pool-nginx-01 /srv/pool-nginx-02');
const counts = ({ hosts }: Rolled) =>
  hosts.map(({ name, counts: { changed, skipped } }) => [name, changed, skipped]);

beforeAll(() => site().write('playbooks/rolling.ts', PLAYBOOK));
beforeEach(() => Promise.all(WEB.map((host) => inside(host, 'rm -f /run/vip'))));

it('changes one host after the other, drained on the balancer, and nothing the second time', async () => {
  expect(await apply(1)).toMatchObject({
    exitCode: 0,
    rollouts: [{ batches: [['nginx-01'], ['nginx-02']] }],
  });
  expect(await pool()).toBe('ready\nready');
  const again = await apply(1);
  expect(again.hosts.map(({ status, execs }) => [status, execs])).toEqual(Array(3).fill(['ok', 1]));
  expect(again.rollouts).toBeUndefined();
});

it('changes the holder of the address last', async () => {
  await inside('nginx-01', 'touch /run/vip');
  const planned = await plan(2);
  expect(planned.rollouts).toMatchObject([
    { batches: [['nginx-02'], ['nginx-01']], last: { host: 'nginx-01', holds: 'the address' } },
  ]);
  expect(await apply(2)).toMatchObject({ exitCode: 0 });
  const [first, second] = await Promise.all(WEB.map((host) => inside(host, 'cat /srv/when')));
  expect(BigInt(second ?? 0)).toBeLessThan(BigInt(first ?? 0));
});

it('touches nothing where two hold it', async () => {
  await Promise.all(WEB.map((host) => inside(host, 'touch /run/vip')));
  const stopped = await apply(3);
  expect(stopped).toMatchObject({
    exitCode: 3,
    rollouts: [
      { stopped: 'nginx-01 and nginx-02 both hold the address', notReached: ['nginx-01', 'nginx-02'] },
    ],
  });
  expect(await Promise.all(WEB.map((host) => inside(host, 'cat /srv/page')))).toEqual(['2', '2']);
});

it('does not begin while a host is away, and says who was not reached', async () => {
  await inside('nginx-02', 'systemctl stop sshd');
  const stopped = await apply(3);
  await inside('nginx-02', 'systemctl start sshd');
  expect([stopped.exitCode, counts(stopped)]).toEqual([
    4,
    [
      ['nginx-01', 0, 1],
      ['nginx-02', 0, 0],
      ['lb-01', 0, 0],
    ],
  ]);
  expect(await inside('nginx-01', 'cat /srv/page')).toBe('2');
});

/** Ends a run in the middle of its first host's change. */
async function cutShort(signal: NodeJS.Signals): Promise<number | null> {
  const words = [
    'apply',
    'playbooks/rolling.ts',
    '-e',
    'page=4',
    '-e',
    'seconds=20',
    '--yes',
    '-l',
    '!lb-02',
  ];
  const child = site().start(...words);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await until('the first host is drained and changing', 30, async () => {
    const asleep = await inside('nginx-01', 'pgrep sleep || true');
    return asleep !== '' && (await pool()) === 'drain\nready' ? true : undefined;
  });
  child.kill(signal);
  return ended;
}

it('closes what it has opened after Ctrl-C', async () => {
  expect(await cutShort('SIGINT')).toBe(130);
  expect(await pool()).toBe('ready\nready');
  expect(await inside('nginx-01', 'cat /srv/page; pgrep sleep || true')).toBe('2');
});

it('sees what a killed run has left open, and closes it first, without a change', async () => {
  await cutShort('SIGKILL');
  expect(await pool()).toBe('drain\nready');
  await inside('nginx-01', 'pkill sleep; echo 2 >/srv/page');
  const planned = await plan(2);
  expect([planned.exitCode, planned.hosts.map(({ status }) => status)]).toEqual([2, ['pending', 'ok', 'ok']]);
  const closed = await apply(2);
  expect([closed.exitCode, counts(closed).map(([, changed]) => changed)]).toEqual([0, [0, 0, 0]]);
  expect(await pool()).toBe('ready\nready');
  expect(await plan(2)).toMatchObject({ exitCode: 0 });
});
