import type { Host } from 'trueup';
import { lanAddress } from './lan-address.ts';

interface Balancer {
  readonly host: Host;
  readonly vars: {
    readonly vip?: string | undefined;
    readonly priority: number;
    readonly virtualRouterId: number;
  };
}

/** What makes it impossible that these balancers share an address, each in one text. */
export function vrrpMistakes(balancers: readonly Balancer[], all: readonly Host[]): string[] {
  if (balancers.every(({ vars }) => vars.vip === undefined)) return [];
  return [
    ...notTheSame(balancers, 'vip'),
    ...notTheSame(balancers, 'virtualRouterId'),
    ...samePriority(balancers),
    ...takenAddress(balancers, all),
  ];
}

function notTheSame(balancers: readonly Balancer[], name: 'vip' | 'virtualRouterId'): string[] {
  if (new Set(balancers.map(({ vars }) => vars[name])).size === 1) return [];
  const each = balancers.map(({ host, vars }) => `${host.name} has ${vars[name] ?? 'none'}`);
  return [`\`${name}\` must be the same on all of them: ${each.join(', ')}`];
}

function samePriority(balancers: readonly Balancer[]): string[] {
  return [...new Set(balancers.map(({ vars }) => vars.priority))].flatMap((priority) => {
    const names = balancers.filter(({ vars }) => vars.priority === priority).map(({ host }) => host.name);
    if (names.length === 1) return [];
    const advice = 'give each its own, the highest to the one that shall hold the address';
    return [`${names.join(' and ')} have the same \`priority\` ${priority}: ${advice}`];
  });
}

function takenAddress(balancers: readonly Balancer[], all: readonly Host[]): string[] {
  const vips = new Set(balancers.map(({ vars }) => vars.vip));
  return all
    .filter((host) => vips.has(host.address) || vips.has(lanAddress(host)))
    .map((host) => `\`vip\` is the address of ${host.name} itself: take one that no host has`);
}
