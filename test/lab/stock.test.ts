import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exec, type Outcome } from './exec.ts';
import { openLab } from './lab.ts';
import { TEST_NET } from './test-net.ts';

const lab = openLab(TEST_NET, (line) => console.error(line));
const HOST = 'lb-01';

beforeAll(async () => {
  await lab.down();
  await lab.up([HOST], { stock: true });
});
afterAll(() => lab.down());

function ssh(user: string, command: string, input = ''): Promise<Outcome> {
  const settings = ['BatchMode=yes', `UserKnownHostsFile=${lab.knownHosts}`, 'StrictHostKeyChecking=yes'];
  const args = settings.flatMap((setting) => ['-o', setting]);
  return exec(['ssh', '-i', lab.key, ...args, `${user}@${lab.hosts[HOST]}`, command], { input });
}

async function inside(command: string): Promise<string> {
  const { stdout } = await lab.run(HOST, command);
  return stdout.trim();
}

async function isStock(): Promise<boolean | undefined> {
  return (await lab.status()).find(({ name }) => name === HOST)?.stock;
}

it('firewalld runs, with the defaults of EL', async () => {
  expect(await isStock()).toBe(true);
  expect(await inside('systemctl is-enabled firewalld; firewall-cmd --state')).toBe('enabled\nrunning');
  expect(await inside('firewall-cmd --get-default-zone; firewall-cmd --list-services')).toMatch(
    /^public\n.*\bssh\b/,
  );
  expect(await inside('systemctl is-system-running')).toBe('running');
});

it('root is not let in; deploy is, and is asked for a password to become root', async () => {
  expect((await ssh('root', 'true')).stderr).toContain('Permission denied');
  expect((await ssh('deploy', 'id -un')).stdout).toBe('deploy\n');
  expect((await ssh('deploy', 'sudo -n id')).stderr).toContain('a password is required');
  const password = await readFile(lab.sudoPassword, 'utf8');
  expect((await ssh('deploy', 'sudo -S -p "" id -un', `${password}\n`)).stdout).toBe('root\n');
  expect((await ssh('deploy', 'sudo -k -S -p "" id -un', 'wrong\n')).code).toBe(1);
});

it('is what it is until reset: up adopts it, a power cut leaves it so', async () => {
  await lab.up([HOST]);
  await (await lab.fault('powercut', HOST))();
  expect(await isStock()).toBe(true);
  expect(await inside('firewall-cmd --state')).toBe('running');
  await lab.reset([HOST]);
  expect(await isStock()).toBe(false);
  expect((await ssh('root', 'true')).code).toBe(0);
  await expect(lab.up([HOST], { stock: true })).rejects.toThrow(
    "not stock: lb-01; 'reset --stock lb-01' makes them anew as stock hosts",
  );
  await lab.reset([HOST], { stock: true });
  expect((await ssh('root', 'true')).code).toBe(255);
});
