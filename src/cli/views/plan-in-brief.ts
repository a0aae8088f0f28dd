import type { HostResult, StepResult } from '../../model/index.ts';
import { countSteps } from './counts.ts';
import { visible } from './visible.ts';

/** How many hosts are named before the rest is only counted. */
const NAMED = 4;

/** What a plan comes to, in a few lines, for the moment before a yes: how much, what restarts, who is left out. */
export function planInBrief(hosts: readonly HostResult[]): string {
  const ready = hosts.filter(({ status }) => status === 'pending');
  const sum = (status: 'pending' | 'unknown') =>
    ready.reduce((total, host) => total + countSteps(host)[status], 0);
  const unknown = sum('unknown') > 0 ? `, ${sum('unknown')} not known yet` : '';
  const lines = [
    `${counted(ready.length, 'host')}: ${counted(sum('pending'), 'change')}${unknown}`,
    ...said('restarts', servicesOf(ready, 'restart')),
    ...said('reloads', servicesOf(ready, 'reload')),
    ...leftAlone(hosts),
  ];
  return visible(lines.join('\n  '));
}

/** The hosts on which each service has such a change. */
function servicesOf(hosts: readonly HostResult[], aspect: string): Map<string, string[]> {
  const services = new Map<string, string[]>();
  for (const { name, steps } of hosts) {
    for (const step of steps.filter((each) => isService(each, aspect))) {
      services.set(step.name, [...(services.get(step.name) ?? []), name]);
    }
  }
  return services;
}

/** A restart covers the reload of the same service. */
function isService({ kind, changes }: StepResult, aspect: string): boolean {
  const aspects = changes.map((change) => change.aspect);
  return (
    kind === 'systemdService' &&
    aspects.includes(aspect) &&
    !(aspect === 'reload' && aspects.includes('restart'))
  );
}

function said(verb: string, services: ReadonlyMap<string, readonly string[]>): string[] {
  const parts = [...services].map(([service, hosts]) => `${service} on ${listed(hosts)}`);
  return parts.length === 0 ? [] : [`${verb} ${parts.join('; ')}`];
}

function leftAlone(hosts: readonly HostResult[]): string[] {
  const failed = hosts.filter(({ status }) => status === 'failed' || status === 'unreachable');
  return failed.length === 0 ? [] : [`left alone: ${listed(failed.map(({ name }) => name))}`];
}

function listed(names: readonly string[]): string {
  if (names.length <= NAMED) return names.join(', ');
  return `${names.slice(0, NAMED - 1).join(', ')} and ${names.length - NAMED + 1} more`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
