import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { getOnce } from '../../src/checks/get-once.ts';
import { certificate } from '../checks/servers.ts';
import { exec } from '../lab/exec.ts';
import { TEST_NET } from '../lab/test-net.ts';
import { inside, site, useSite } from './site-lab.ts';
import { stepsWith, troubles } from './site-project.ts';

useSite();

const address = (last: number) => TEST_NET.replace('0/24', `${last}`);
const VIP = address(50);
const CLIENT = address(1);
const BALANCERS = [address(11), address(12)];

beforeAll(async () => {
  const { cert, key } = certificate('www.example.test');
  await site().write('.env', `TLS_CERTIFICATE="${cert}"\nTLS_KEY='${key}'\n`);
  expect(troubles(await site().apply())).toEqual([]);
});

/** Whom the web servers take for the client of a TLS request through the shared address: in /whoami, and in the log. */
async function clientSeen(): Promise<{ told: string; logged: string }> {
  const word = `/whoami?${Math.random()}`;
  const { body } = await getOnce(`https://${VIP}${word}`, { timeout: 5, insecure: true });
  const [name = '', told = ''] = body.trim().split(' ');
  const line = await inside(name, `grep -F '${word}' /var/log/nginx/access.log`);
  return { told, logged: line.split(' ')[0] ?? '' };
}

const BALANCER_STEPS = ['lb-01', 'lb-02'].flatMap((name) => [
  `${name}: template /etc/haproxy/haproxy.cfg`,
  `${name}: systemdService haproxy`,
]);

it('at first, a web server takes a balancer for the client', async () => {
  const { told, logged } = await clientSeen();
  expect(logged).toBe(told);
  expect(BALANCERS).toContain(told);
});

describe.each([
  ['proxy-protocol', 'the client'],
  ['terminate', 'the client'],
  ['passthrough', 'a balancer'],
])('tls: %s', (way, seen) => {
  const args = ['-e', `tls=${way}`];

  it(`is changed to in one apply, and the web server sees ${seen}`, async () => {
    const applied = await site().apply(...args);
    expect(troubles(applied)).toEqual([]);
    const changed = stepsWith(applied, 'changed');
    expect(changed.every((step) => step.startsWith('lb-'))).toBe(true);
    expect(changed).toEqual(expect.arrayContaining(BALANCER_STEPS));
    const { told, logged } = await clientSeen();
    expect(logged).toBe(told);
    expect(seen === 'the client' ? [CLIENT] : BALANCERS).toContain(told);
  });

  it('has nothing to do again, and verify holds', async () => {
    const again = await site().apply(...args);
    expect(troubles(again)).toEqual([]);
    expect(stepsWith(again, 'changed', 'pending', 'unknown')).toEqual([]);
    const verified = await site().json('verify', 'playbooks/site.ts', ...args);
    expect(troubles(verified)).toEqual([]);
  });
});

it('keeps the key to root', async () => {
  expect(await inside('lb-01', 'stat -c "%a %U" /etc/haproxy/tls /etc/haproxy/tls/site.pem')).toBe(
    '700 root\n600 root',
  );
});

it('believes nobody but the balancers who the client is', async () => {
  const header = 'PROXY TCP4 192.0.2.1 192.0.2.2 1234 443\\r\\n';
  const line = await inside(
    'nginx-02',
    `printf '${header}' | timeout 3 bash -c 'cat >/dev/tcp/${address(61)}/8443' 2>&1; echo $?`,
  );
  expect(line.split('\n').at(-1)).not.toBe('0');
});

it('finds in plan that haproxy would refuse a key, and touches nothing', async () => {
  const folder = site().root;
  const [key, cert] = [`${folder}/weak-key`, `${folder}/weak-cert`];
  const weak = ['-newkey', 'rsa:1024', '-nodes', '-subj', '/CN=weak', '-keyout', key, '-out', cert];
  await exec(['openssl', 'req', '-x509', ...weak]);
  const pem = await Promise.all([cert, key].map((path) => readFile(path, 'utf8')));
  await site().write('.env', `TLS_CERTIFICATE='${pem[0]}'\nTLS_KEY='${pem[1]}'\n`);
  const applied = await site().apply('-e', 'tls=terminate');
  expect(applied.exitCode).toBe(3);
  expect(stepsWith(applied, 'changed')).toEqual([]);
  expect(troubles(applied)[0]).toMatch(/^lb-01: file \/etc\/haproxy\/tls\/site\.pem: .* says no \(exit 1\)/);
});
