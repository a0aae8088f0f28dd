import { afterAll, beforeAll, expect, it } from 'vitest';
import { TEST_NET } from '../lab/test-net.ts';
import { until } from '../lab/until.ts';
import { inside, lab, site, useSite } from './site-lab.ts';
import { stepsWith, troubles } from './site-project.ts';
import { SteadyRequests } from './steady-requests.ts';

useSite();

const VIP = TEST_NET.replace('0/24', '50');
const PASSWORD = ['-e', 'vrrpAuthentication=password'];
const CONFIG = 'template /etc/keepalived/keepalived.conf';
let requests: SteadyRequests | undefined;

beforeAll(() => site().write('.env', "VRRP_PASSWORD='8-is-max'\n"));
afterAll(() => requests?.stop());

/** Who has the address, once anybody has. */
function holders(): Promise<string[]> {
  return until(`somebody has ${VIP}`, 20, async () => {
    const found = await Promise.all(
      ['lb-01', 'lb-02'].map(async (name) => ((await holds(name)) ? [name] : [])),
    );
    return found.flat().length > 0 ? found.flat() : undefined;
  });
}

async function holds(name: string): Promise<boolean> {
  return (await lab.run(name, `ip -o -4 addr | grep -qF ' ${VIP}/'`)).code === 0;
}

function movesTo(name: string): Promise<true> {
  return until(`${name} has ${VIP}`, 30, async () => ((await holds(name)) ? true : undefined));
}

async function converged(...args: string[]): Promise<void> {
  const plan = await site().plan(...args);
  expect(troubles(plan)).toEqual([]);
  expect(stepsWith(plan, 'pending', 'unknown')).toEqual([]);
}

/** Since the last call, in seconds. */
function longestGap(): number {
  return requests?.longestGap() ?? Number.POSITIVE_INFINITY;
}

it('is not taken from a stranger: plan says who has it, and apply leaves the balancers alone', async () => {
  await inside('nginx-01', `ip addr add ${VIP}/24 dev host0`);
  const taken = `${VIP} answers already, from the MAC ${await inside('nginx-01', 'cat /sys/class/net/host0/address')}`;
  const applied = await site().json(
    'apply',
    'playbooks/site.ts',
    '--yes',
    '-l',
    'loadbalancers',
    ...PASSWORD,
  );
  await inside('nginx-01', `ip addr del ${VIP}/24 dev host0`);
  expect(applied.exitCode).toBe(3);
  expect(stepsWith(applied, 'changed')).toEqual([]);
  expect(troubles(applied)).toEqual([
    expect.stringMatching(`^lb-01: virtualAddress ${VIP}: ${taken}`),
    expect.stringMatching(`^lb-02: virtualAddress ${VIP}: ${taken}`),
  ]);
});

it('is held by the balancer with the highest priority', async () => {
  expect(troubles(await site().apply(...PASSWORD))).toEqual([]);
  expect(await holders()).toEqual(['lb-01']);
  requests = new SteadyRequests(`http://${VIP}/whoami`);
});

it('is protected by the password, which nobody else may read', async () => {
  await converged(...PASSWORD);
  expect(await inside('lb-01', 'stat -c "%a %U" /etc/keepalived/keepalived.conf')).toBe('600 root');
  expect(await inside('lb-01', 'grep -c "auth_pass 8-is-max$" /etc/keepalived/keepalived.conf')).toBe('1');
});

interface Loss {
  readonly name: string;
  cause(): Promise<unknown>;
  mend(): Promise<unknown>;
  /** Seconds without an answer at most. */
  readonly most: number;
}

const LOSSES: Loss[] = [
  {
    name: 'haproxy stops',
    cause: () => inside('lb-01', 'systemctl stop haproxy'),
    mend: () => inside('lb-01', 'systemctl start haproxy'),
    most: 5,
  },
  {
    name: 'the cable is out',
    cause: () => lab.fault('link', 'lb-01', 600),
    mend: () => lab.mend(['lb-01']),
    most: 5,
  },
  {
    name: 'the power is cut',
    cause: () => lab.fault('powercut', 'lb-01'),
    mend: () => lab.mend(['lb-01']),
    most: 5,
  },
  {
    name: 'somebody wants the address away',
    cause: () => inside('lb-01', '>/run/keepalived-away'),
    mend: () => inside('lb-01', 'rm /run/keepalived-away'),
    most: 3,
  },
];

it.each(LOSSES)('$name: requests go on within $most s, and the address comes back', async (loss) => {
  longestGap();
  await loss.cause();
  await movesTo('lb-02');
  await loss.mend();
  await movesTo('lb-01');
  await until('lb-02 has given it back', 5, async () => ((await holds('lb-02')) ? undefined : true));
  const gap = longestGap();
  console.log(`${loss.name}: ${gap.toFixed(1)} s`);
  expect(gap).toBeLessThan(loss.most);
});

it('with `preempt: false` the address stays where it is; the rule changes by a reload', async () => {
  const stay = [...PASSWORD, '-e', 'preempt=false'];
  longestGap();
  const applied = await site().apply(...stay);
  expect(troubles(applied)).toEqual([]);
  const service = 'systemdService keepalived';
  const steps = ['lb-01', 'lb-02'].flatMap((name) => [CONFIG, service].map((step) => `${name}: ${step}`));
  expect(stepsWith(applied, 'changed')).toEqual(steps);
  expect(longestGap()).toBeLessThan(1);
  expect(await holders()).toEqual(['lb-01']);
  await inside('lb-01', '>/run/keepalived-away');
  await movesTo('lb-02');
  await inside('lb-01', 'rm /run/keepalived-away');
  await until('lb-01 is ready again', 10, async () => {
    const { stdout } = await lab.run('lb-01', 'journalctl -q -u keepalived -n 5 -o cat');
    return stdout.trim().endsWith('Entering BACKUP STATE') ? true : undefined;
  });
  expect(await holders()).toEqual(['lb-02']);
  await converged(...stay);
});
