import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, it } from 'vitest';
import { until } from '../lab/until.ts';
import { inside, lab, site, useSite } from './site-lab.ts';

const HOST = 'lb-01';
useSite([HOST]);

const playbook = (steps: string) => `import { command, definePlaybook, file, yumPackage } from 'trueup';
export default definePlaybook({ name: 'Slow', hosts: '${HOST}', steps: () => [${steps}] });
`;

const BEFORE = `file({ path: '/etc/before', content: 'x' })`;

beforeAll(async () => {
  await site().write(
    'playbooks/command.ts',
    playbook(`${BEFORE}, command({ name: 'wait', run: ['sleep', '1111'], creates: '/run/never' }),
      file({ path: '/etc/after', content: 'x' })`),
  );
  await site().write(
    'playbooks/write.ts',
    playbook(`file({ path: '/etc/slow', content: 'x', validate: ['sh', '-c', 'sleep 2222; :', '%s'] })`),
  );
  await site().write('playbooks/package.ts', playbook(`yumPackage({ names: ['iptables-services'] })`));
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Applies a playbook and presses Ctrl-C once something happens on the host. */
async function interruptedAt(name: string, process: string): Promise<Ended> {
  const child = site().watch('apply', `playbooks/${name}.ts`, '--yes');
  const [stdout, stderr, exit] = [text(child.stdout), text(child.stderr), once(child, 'exit')];
  await until(process, 30, async () => (await running(process)) || undefined);
  child.kill('SIGINT');
  const [code] = await exit;
  return { code, stdout: await stdout, stderr: await stderr };
}

async function heard(stream: Readable, word: string): Promise<void> {
  let said = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    said += String(chunk);
    if (said.includes(word)) return;
  }
  throw new Error(`${word} was not said, but ${said}`);
}

async function running(pattern: string): Promise<boolean> {
  return (await lab.run(HOST, `pgrep -f '${pattern}'`)).code === 0;
}

it('in a long command: nothing of it stays there, and it is told what was done and what not', async () => {
  const { code, stdout, stderr } = await interruptedAt('command', '^sleep 1111');
  expect(code).toBe(130);
  expect(stderr).toContain('interrupted: ending what runs on the hosts');
  expect(stdout).toMatch(/✓ file \/etc\/before: create/);
  expect(stdout).toMatch(/✗ command wait: .*interrupted/);
  expect(stdout).toMatch(/- file \/etc\/after/);
  expect(stdout).toMatch(/The log of this run: /);
  expect(await running('^sleep 1111')).toBe(false);
  expect((await lab.run(HOST, 'ls /etc/after')).code).not.toBe(0);
});

it('in the middle of a file: neither the file nor anything of it is there', async () => {
  const { code } = await interruptedAt('write', '^sleep 2222');
  expect(code).toBe(130);
  expect(await running('^sleep 2222')).toBe(false);
  expect(await inside(HOST, "find /etc -name '*slow*' -newer /etc/before -o -name '.*trueup*'")).toBe('');
});

it('in a package run: that is left to its end, it is said, and the next run joins it', async () => {
  // Another transaction holds the lock as long as the test wants: ours waits behind it.
  await inside(HOST, 'systemd-run --collect dnf -y install lab-slow');
  await until('the slow %post', 30, async () => (await running('^sleep 60')) || undefined);
  const { code, stdout } = await interruptedAt('package', 'trueup-job');
  expect(code).toBe(130);
  expect(stdout).toContain('is not interrupted');
  expect(await running('trueup-job')).toBe(true);
  const next = site().watch('apply', 'playbooks/package.ts', '--yes');
  const [said, exit] = [text(next.stdout), once(next, 'exit')];
  await until('the wait of the next run', 30, async () => (await waiting()) || undefined);
  expect(await inside(HOST, 'ls /run/trueup/jobs | wc -l')).toBe('1');
  await inside(HOST, 'pkill -x sleep; :');
  expect(await exit).toEqual([0, null]);
  expect(await said).toMatch(/✓ yumPackage iptables-services: install/);
  expect(await inside(HOST, 'ls -A /run/trueup/jobs')).toBe('');
});

/** Whether a run waits for a job. */
async function waiting(): Promise<boolean> {
  return (await lab.run(HOST, 'pgrep -x flock')).code === 0;
}

it('a closed terminal, where nobody reads any more, is the same', async () => {
  const child = site().watch('apply', 'playbooks/command.ts', '--yes');
  const exit = once(child, 'exit');
  await until('the command', 30, async () => (await running('^sleep 1111')) || undefined);
  child.kill('SIGHUP');
  await heard(child.stderr, 'interrupted');
  child.stdout.destroy();
  child.stderr.destroy();
  // The shell has told it, and now the kernel does.
  child.kill('SIGHUP');
  expect(await exit).toEqual([129, null]);
  expect(await running('^sleep 1111')).toBe(false);
});

it('a second time ends at once', async () => {
  const child = site().watch('apply', 'playbooks/command.ts', '--yes');
  const exit = once(child, 'exit');
  await until('the command', 30, async () => (await running('^sleep 1111')) || undefined);
  child.kill('SIGINT');
  child.kill('SIGTERM');
  const [code] = await exit;
  expect([130, 143]).toContain(code);
});
