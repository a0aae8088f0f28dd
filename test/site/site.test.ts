import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HOSTS, inside, lab, onAll, site, standing, useSite } from './site-lab.ts';
import { stepsWith, troubles } from './site-project.ts';

useSite();

/**
 * Files outside of /run and /var/cache/dnf that changed since the marker. Logs go on by themselves, so do the -shm and
 * -wal files of a database that is only read (by rpm -q), and dnf notes the checksum of a package of a local
 * repository in the package's attributes.
 */
const MARK = 'touch /run/marker';
const GO_ON = [
  '/run',
  '/var/cache/dnf',
  '/var/log',
  '/var/lib/rsyslog',
  '/var/lib/rpm/rpmdb.sqlite-',
  '/srv/repo',
];
const MOVED = `find / -xdev -newercm /run/marker -not -type d ${GO_ON.map((path) => `-not -path '${path}*'`).join(' ')}`;

describe('from bare to serving', () => {
  it('plans bare hosts: every step a change or unknown with its reason, and touches nothing', async () => {
    const before = await standing();
    await onAll(MARK);
    const plan = await site().plan();
    expect(troubles(plan)).toEqual([]);
    expect(plan.exitCode).toBe(0);
    expect(plan.hosts.map(({ status }) => status)).toEqual(HOSTS.map(() => 'pending'));
    for (const step of plan.hosts.flatMap(({ steps }) => steps)) {
      expect(step.status === 'unknown' ? step.note : (step.changes[0]?.summary ?? step.status)).toBeTruthy();
    }
    expect(await standing()).toEqual(before);
    expect(await onAll(MOVED)).toEqual(['', '', '', '']);
  });

  it('applies, and has nothing to do the second time, in at most 2 execs a host', async () => {
    const first = await site().apply();
    expect(troubles(first)).toEqual([]);
    expect(first.hosts.map(({ status }) => status)).toEqual(HOSTS.map(() => 'changed'));
    const second = await site().apply();
    expect(troubles(second)).toEqual([]);
    for (const host of second.hosts) {
      expect(host).toMatchObject({
        status: 'ok',
        counts: { changed: 0, pending: 0, unknown: 0, failed: 0, skipped: 0 },
      });
      expect(host.execs).toBeLessThanOrEqual(2);
    }
  });

  it('serves: verify holds', async () => {
    const verified = await site().json('verify', 'playbooks/site.ts');
    expect(troubles(verified)).toEqual([]);
    expect(verified.hosts.every(({ counts }) => counts.ok > 0)).toBe(true);
  });

  it('moves its address when told to disturb, and shows itself as a picture and as JUnit', async () => {
    const report = join(site().root, 'report.xml');
    const args = ['playbooks/site.ts', '--map', '--disturb', '--junit', report];
    const { code, stdout, stderr } = await site().run('verify', ...args);
    expect({ code, stderr: code === 0 ? '' : stderr + stdout }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /client {2}\S+\n[\s\S]*✓ held by lb-01 [\s\S]*✓ lb-02 [\s\S]*✓ nginx-02 .* answers/u,
    );
    const xml = await readFile(report, 'utf8');
    expect(xml).toMatch(/ failures="0" errors="0" skipped="0" /);
    expect(xml).toMatch(/from lb-01 to lb-02, and given back: [0-4]\.\d s without an answer/);
  });

  it('has the rules of the notes in force and saved, word by word', async () => {
    const rules = ['80', '443'].flatMap((port) => [
      `-A INPUT -p tcp -m tcp --dport ${port} -m conntrack --ctstate NEW -j ACCEPT`,
      `-A OUTPUT -p tcp -m tcp --dport ${port} -j ACCEPT`,
    ]);
    for (const host of ['lb-01', 'lb-02']) {
      const lists = [await inside(host, 'iptables-save'), await inside(host, 'cat /etc/sysconfig/iptables')];
      for (const list of lists) expect(list.split('\n')).toEqual(expect.arrayContaining(rules));
    }
  });

  it('has written haproxy.cfg as the notes want it', async () => {
    expect(await inside('lb-01', 'stat -c "%a %U:%G" /etc/haproxy/haproxy.cfg')).toBe('644 root:root');
    const config = await inside('lb-01', 'cat /etc/haproxy/haproxy.cfg');
    expect(config).toMatch(/server nginx-01 10\.\d+\.0\.61:80 check/);
    expect(config).toMatch(/server nginx-02 10\.\d+\.0\.62:443 check/);
  });

  it('plans converged hosts without touching them', async () => {
    const before = await standing();
    await onAll(MARK);
    const plan = await site().json('plan', 'playbooks/site.ts', '--detailed-exitcode');
    expect(plan.exitCode).toBe(0);
    expect(await standing()).toEqual(before);
    expect(await onAll(MOVED)).toEqual(['', '', '', '']);
  });

  it('still holds after a reboot', async () => {
    await Promise.all(HOSTS.map((host) => lab.reboot(host)));
    const plan = await site().plan();
    expect(troubles(plan)).toEqual([]);
    expect(stepsWith(plan, 'pending', 'unknown', 'failed')).toEqual([]);
  });
});
