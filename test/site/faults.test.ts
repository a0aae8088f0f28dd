import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openLab } from '../lab/lab.ts';
import { TEST_NET } from '../lab/test-net.ts';
import { until } from '../lab/until.ts';
import { type JsonRun, SiteProject, troubles } from './site-project.ts';

const HOSTS = ['lb-01', 'lb-02'];
const lab = openLab(TEST_NET, (line) => console.error(line));
let project: SiteProject;

beforeAll(async () => {
  await lab.down();
  await lab.up(HOSTS);
  project = await SiteProject.create(TEST_NET);
  await project.write('haproxy.cfg', 'global\n  maxconn 100\n');
  expect(troubles(await apply(["yumPackage({ names: ['haproxy'] })", CFG]))).toEqual([]);
});
afterEach(() => lab.mend(HOSTS));
afterAll(async () => {
  await project?.remove();
  await lab.down();
});

const NOTE = "file({ path: '/etc/note', content: 'note' })";
const CFG = "file({ path: '/etc/haproxy/haproxy.cfg', source: 'haproxy.cfg' })";

/** Applies a playbook with just these steps to both hosts. */
async function apply(steps: readonly string[]): Promise<JsonRun> {
  const path = await playbook(steps);
  return project.json('apply', path, '--yes');
}

async function playbook(steps: readonly string[]): Promise<string> {
  const code = `import { command, definePlaybook, file, yumPackage } from 'trueup';
export default definePlaybook({ name: 'Faults', hosts: 'loadbalancers', steps: () => [${steps.join(',\n')}] });
`;
  await project.write('playbooks/faults.ts', code);
  return 'playbooks/faults.ts';
}

async function inside(host: string, command: string): Promise<string> {
  const { code, stdout, stderr } = await lab.run(host, command);
  return code === 0 ? stdout.trim() : `${code}: ${stderr.trim()}`;
}

function reaches(host: string, command: string): Promise<true> {
  return until(`${host}: ${command}`, 20, async () => (await lab.run(host, command)).code === 0 || undefined);
}

function statuses(run: JsonRun): Record<string, string> {
  return Object.fromEntries(run.hosts.map(({ name, status }) => [name, status]));
}

/** What of one host is told, its steps included. */
function told(run: JsonRun, name: string): string {
  return troubles({ ...run, hosts: run.hosts.filter((host) => host.name === name) }).join('\n');
}

/** In place of sleep(1): the package's %post ends when the test lets it. */
const SLEEP = `#!/bin/sh
[ "$1" = 60 ] || exec sleep.real "$@"
>/run/held
while [ -e /run/held ]; do sleep.real 0.1; done
`;

it('a link cut during a package run: dnf goes on; the run joins it again, or says that it could not', async () => {
  for (const host of HOSTS) {
    await inside(host, `cd /usr/bin; mv sleep sleep.real; echo '${SLEEP}' >sleep; chmod 755 sleep`);
  }
  const run = apply(["yumPackage({ names: ['lab-slow'] })"]);
  await Promise.all(HOSTS.map((host) => reaches(host, '[ -e /run/held ]')));
  await lab.fault('reject', 'lb-02');
  for (const host of HOSTS) await lab.fault('sessions', host);
  // the wait of the first connection goes on, too: sshd's end does not reach it
  await reaches('lb-01', '[ "$(pgrep -cfx "flock -s 8")" = 2 ]');
  await Promise.all(HOSTS.map((host) => inside(host, 'rm /run/held')));
  const result = await run;
  expect(told(result, 'lb-01')).toBe('');
  expect(statuses(result)).toEqual({ 'lb-01': 'changed', 'lb-02': 'unreachable' });
  expect(result.exitCode).toBe(4);
  expect(told(result, 'lb-02')).toContain('refuses connections');
  await lab.mend(HOSTS);
  for (const host of HOSTS) {
    await reaches(host, 'rpm -q lab-slow && ! pgrep -x dnf');
    expect(await inside(host, 'dnf -q history list lab-slow | grep -c Install')).toBe('1');
  }
  const again = await apply(["yumPackage({ names: ['lab-slow'] })"]);
  expect(statuses(again)).toEqual({ 'lb-01': 'ok', 'lb-02': 'ok' });
});

it('sessions killed while a command runs: what became of it is looked up, never guessed', async () => {
  const slow = `command({ name: 'slow', run: ['sh', '-c', 'sleep 322; >/run/mark'], creates: '/run/mark' })`;
  const run = apply([slow, CFG]);
  await Promise.all(HOSTS.map((host) => reaches(host, 'pgrep -f "sleep.* 322$"')));
  await inside('lb-01', '>/run/mark'); // as if it had come so far
  for (const host of HOSTS) await lab.fault('sessions', host);
  const result = await run;
  expect(statuses(result)).toEqual({ 'lb-01': 'changed', 'lb-02': 'failed' });
  expect(result.exitCode).toBe(3);
  expect(told(result, 'lb-02')).toContain('the connection was lost while this was done; it still differs');
  for (const host of HOSTS) await inside(host, 'pkill -f "sleep.* 322$"');
});

it('a reboot in the middle: the run goes on when the host is up again', async () => {
  // Without sshd: a host that goes down may let us in for a moment more.
  const script =
    '[ -e /etc/rebooted ] || { touch /etc/rebooted; systemctl stop sshd; systemctl reboot; sleep 322; }';
  const reboot = `command({ name: 'reboot', run: ['sh', '-c', '${script}'], creates: '/etc/rebooted' })`;
  const result = await apply([reboot, "file({ path: '/run/after-boot', content: 'x' })"]);
  expect(troubles(result)).toEqual([]);
  expect(statuses(result)).toEqual({ 'lb-01': 'changed', 'lb-02': 'changed' });
  expect(await inside('lb-01', 'cat /run/after-boot')).toBe('x');
});

it('a frozen host is unreachable within its deadline; one whose power was cut since its plan is looked at anew', async () => {
  await lab.fault('freeze', 'lb-02');
  const started = Date.now();
  const planned = "command({ name: 'planned', run: ['false'], unless: ['touch', '/run/planned'] })";
  const run = apply([NOTE, planned]);
  await reaches('lb-01', '[ -e /run/planned ]');
  await (await lab.fault('powercut', 'lb-01'))();
  const result = await run;
  expect(Date.now() - started).toBeLessThan(30_000);
  expect(told(result, 'lb-01')).toBe('');
  expect(statuses(result)).toEqual({ 'lb-01': 'changed', 'lb-02': 'unreachable' });
  expect(result.exitCode).toBe(4);
  expect(told(result, 'lb-02')).toContain('does not answer');
  expect(await inside('lb-01', 'cat /etc/note')).toBe('note');
});

it('the rpm database is locked for 5 s: the package run waits for it', async () => {
  await lab.fault('rpmlock', 'lb-01', 5);
  const started = Date.now();
  const result = await apply(["yumPackage({ names: ['keepalived'] })"]);
  expect(troubles(result)).toEqual([]);
  expect(statuses(result)).toEqual({ 'lb-01': 'changed', 'lb-02': 'changed' });
  expect(Date.now() - started).toBeGreaterThan(4500);
});

it.each([
  [
    'diskfull',
    'haproxy.cfg: cannot be written: No space left on device, on the file system mounted at /etc/haproxy',
  ],
  [
    'readonly',
    'haproxy.cfg: cannot be written: Read-only file system, on the file system mounted at /etc/haproxy',
  ],
] as const)('%s: the file stays whole, and the message says why', async (kind, why) => {
  const look = () => inside('lb-01', 'cd /etc/haproxy && ls -A | grep -v lab- && sha256sum haproxy.cfg');
  const before = await look();
  const mend = await lab.fault(kind, 'lb-01', '/etc/haproxy');
  await project.write('haproxy.cfg', `# ${kind}\n${'# more\n'.repeat(20_000)}`);
  const result = await apply([CFG]);
  expect(result.exitCode).toBe(3);
  expect(statuses(result)).toEqual({ 'lb-01': 'failed', 'lb-02': 'changed' });
  expect(told(result, 'lb-01')).toContain(why);
  expect(await look()).toBe(before);
  await mend();
  expect(statuses(await apply([CFG]))).toEqual({ 'lb-01': 'changed', 'lb-02': 'ok' });
});
