import { afterAll, beforeAll } from 'vitest';
import type { Kind } from '../lab/kind.ts';
import { openLab } from '../lab/lab.ts';
import { TEST_NET } from '../lab/test-net.ts';
import { SiteProject } from './site-project.ts';

export const HOSTS = ['lb-01', 'lb-02', 'nginx-01', 'nginx-02'] as const;
export const lab = openLab(TEST_NET, (line) => console.error(line));

let project: SiteProject | undefined;

/** Fresh hosts and a project for them, for one test file; both are gone afterwards. */
export function useSite(hosts: readonly string[] = HOSTS, kind: Kind = {}): void {
  beforeAll(async () => {
    await lab.down();
    await lab.up(hosts, kind);
    project = await SiteProject.create(TEST_NET);
  });
  afterAll(async () => {
    await project?.remove();
    await lab.down();
  });
}

export function site(): SiteProject {
  if (!project) throw new Error('no project yet');
  return project;
}

/** Runs on a host, past sshd and past trueup. */
export async function inside(host: string, command: string): Promise<string> {
  const { code, stdout, stderr } = await lab.run(host, command);
  if (code !== 0) throw new Error(`${host}: ${command}: exit ${code}\n${stdout}${stderr}`);
  return stdout.trim();
}

export async function onAll(command: string): Promise<string[]> {
  return Promise.all(HOSTS.map((host) => inside(host, command)));
}

/** What a login starts by itself (user@0.service) is not part of how a host stands, nor how wide it makes a column. */
const PRINT = String.raw`find /etc -printf '%p %y %m %u %g %s %T@ %l\n' | sort
rpm -qa | sort
for s in iptables-save ip6tables-save; do $s | sed 's/\[[0-9:]*\]//;/^#/d'; done
systemctl list-unit-files --no-legend --no-pager | grep -v '^session-'
systemctl list-units --all --no-legend --no-pager --plain --type=service,socket,timer | grep -v -E '^user|not-found' | tr -s ' '
systemctl show haproxy nginx rsyslog iptables sshd -p Id -p MainPID -p ActiveEnterTimestamp
sysctl -a 2>/dev/null | grep -E '^net\.ipv4\.(ip_|conf)' `;

/** How all hosts stand: /etc with times, packages, rules, units. Equal before and after what touches nothing. */
export function standing(): Promise<string[]> {
  return onAll(`export LC_ALL=C\n${PRINT}`);
}
